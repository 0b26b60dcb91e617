import { ApplicationFailure } from '@temporalio/common';
import { createVault } from '../../../store/secrets';
import { TEST_SECRET_KEY } from '../../helpers/api';
import { networkService, putDocuments } from '../../helpers/ixapi-documents';
import { account, createProbingSite, IX_APIS, welcome, type ProbingSite } from '../../helpers/ixapi-probing';
import { AUTONOMOUS_SYSTEMS, EXCHANGES, make } from '../../helpers/peering';

let site: ProbingSite;
let number = 0;

beforeAll(async () => {
  site = await createProbingSite();
});

beforeEach(() => {
  site.tried.length = 0;
  site.answer = welcome(account('ACC-100', 'Example Networks'));
});

afterAll(() => site.close());

/** An object that no other test has. */
const fresh = () => {
  number += 1;
  return {
    ...{ name: `Example IX ${number}`, api_url: `https://ix-${number}.example/api/v2`, api_key: 'key' },
    api_secret: `the secret of ${number}`,
  };
};

async function made(): Promise<{
  readonly id: number;
  readonly path: string;
  readonly body: ReturnType<typeof fresh>;
}> {
  const body = fresh();
  const id = await make(site.api, IX_APIS, { ...body, identity: 'ACC-100' });
  site.tried.length = 0;
  return { id, path: `${IX_APIS}${id}/`, body };
}

const secretOf = async (id: number) => {
  const { api_secret } = await site.knex('extras_ix_api').where({ id }).first('api_secret');
  return (await createVault(TEST_SECRET_KEY).open(site.knex, 'ixapi_secret', api_secret as number)).reveal();
};

test('an IX-API object is tried, and kept under the address that was found, with the only account there is', async () => {
  const body = { ...fresh(), api_url: 'https://bare.example' };
  const { body: kept, headers } = await site.api.post(IX_APIS, body).expect(201);
  expect(site.tried).toEqual([{ api_url: body.api_url, api_key: 'key', api_secret: body.api_secret }]);
  expect(kept).toEqual({
    ...{ id: kept.id, name: body.name, api_url: 'https://bare.example/api/v2', api_key: 'key', identity: 'ACC-100' },
    ...{ version: null, health: null, fetched_at: null, internet_exchange_count: 0 },
    ...{ created: expect.any(String), last_updated: expect.any(String) },
  });
  expect(headers['location']).toMatch(new RegExp(`${IX_APIS}${kept.id}/$`));
  expect(await secretOf(kept.id as number)).toBe(body.api_secret);
  expect(await site.knex('ixapi_probe')).toEqual([]);
});

test('of several accounts one has to be chosen, and a refusal names at most twenty', async () => {
  const body = fresh();
  const many = Array.from({ length: 23 }, (_, index) =>
    account(`ACC-${index}`, index === 0 ? null : `Account ${index}`),
  );
  site.answer = welcome(...many);
  for (const identity of [undefined, 'ACC-99']) {
    const { body: refusal } = await site.api.post(IX_APIS, { ...body, identity }).expect(400);
    expect(Object.keys(refusal.errors)).toEqual(['identity']);
    expect(refusal.errors.identity[0]).toMatch(
      /^expected one of ACC-0, ACC-1 \(Account 1\), .*ACC-19 \(Account 19\), and 3 more$/,
    );
  }
  await site.api.post(IX_APIS, { ...body, identity: 'ACC-22' }).expect(201);
  site.answer = welcome();
  const { body: nobody } = await site.api.post(IX_APIS, fresh()).expect(400);
  expect(nobody.errors).toEqual({ api_key: ['the exchange shows no account that is ours with it'] });
});

test.each(['api_url', 'api_key', 'api_secret'] as const)(
  'what the exchange says of %s is said of that field',
  async (field) => {
    site.answer = () => ({ ok: false, field, reason: 'it does not like it' });
    const { body } = await site.api.post(IX_APIS, fresh()).expect(400);
    expect(body.errors).toEqual({ [field]: ['it does not like it'] });
    expect(await site.knex('ixapi_probe')).toEqual([]);
  },
);

test('a change that does not concern access tries nothing, and what was read can be written back', async () => {
  const { path, id, body } = await made();
  await site.send('patch', path, { name: 'Other' }).expect(200);
  const { body: read } = await site.api.get(path).expect(200);
  const { body: written } = await site.send('put', path, read).expect(200);
  expect(written).toEqual({ ...read, last_updated: written.last_updated });
  expect(site.tried).toEqual([]);
  expect(await secretOf(id)).toBe(body.api_secret);
});

test.each(['api_key', 'api_secret', 'identity', 'api_url'] as const)(
  'a change of %s is tried with what is kept of the others',
  async (field) => {
    const { path, id, body } = await made();
    site.answer = welcome(account('ACC-100'), account('ACC-200'));
    const values = { api_key: 'other', api_secret: 'another', identity: 'ACC-200', api_url: `${body.api_url}/` };
    await site.send('patch', path, { [field]: values[field] }).expect(200);
    const access = { api_url: body.api_url, api_key: 'key', api_secret: body.api_secret };
    expect(site.tried).toEqual([field === 'identity' ? access : { ...access, [field]: values[field] }]);
    const { body: read } = await site.api.get(path).expect(200);
    expect(read.api_url).toBe(body.api_url);
    expect(read.identity).toBe(field === 'identity' ? 'ACC-200' : 'ACC-100');
    expect(await secretOf(id)).toBe(field === 'api_secret' ? 'another' : body.api_secret);
  },
);

test('an identity that a new key does not have any more has to be chosen anew', async () => {
  const { path } = await made();
  site.answer = welcome(account('ACC-300', 'Another'));
  const { body } = await site.send('patch', path, { api_key: 'other' }).expect(400);
  expect(body.errors).toEqual({ identity: ['expected one of ACC-300 (Another)'] });
  await site.send('patch', path, { api_key: 'other', identity: 'ACC-300' }).expect(200);
});

test('the secret that is kept is never sent to another server', async () => {
  const { path, body } = await made();
  for (const api_url of ['https://elsewhere.example/api/v2', body.api_url.replace('https', 'http')]) {
    const { body: refusal } = await site.send('patch', path, { api_url }).expect(400);
    expect(refusal.errors).toEqual({ api_secret: ['is required, since the api_url is on another server'] });
  }
  expect(site.tried).toEqual([]);
  const moved = { api_url: 'https://elsewhere.example/api/v2', api_secret: 'given again' };
  await site.send('patch', path, moved).expect(200);
  expect(site.tried).toMatchObject([moved]);
});

test('with another address what the old one showed is forgotten, and with another key only what is being read', async () => {
  const { path, id } = await made();
  await putDocuments(site.knex, id, { network_services: [networkService()] });
  await site.knex('ixapi_state').update({ health: '{"status":"warn"}' });
  await site.knex('ixapi_reading').insert({ ix_api: id, key: `reading of ${id}`, began: new Date() });
  await site.send('patch', path, { name: 'Other', identity: 'ACC-100', api_secret: 'another' }).expect(200);
  expect(await site.knex('ixapi_reading').where({ ix_api: id })).toHaveLength(1);
  await site.send('patch', path, { api_key: 'other' }).expect(200);
  expect(await site.knex('ixapi_reading').where({ ix_api: id })).toEqual([]);
  const { body: read } = await site.api.get(path).expect(200);
  expect(read).toMatchObject({ version: '2.1.0', health: 'warn', fetched_at: expect.any(String) });
  const moved = { api_url: 'https://moved.example/api/v2', api_secret: 'given again' };
  const { body: after } = await site.send('patch', path, moved).expect(200);
  expect(after).toMatchObject({ version: null, health: null, fetched_at: null });
  expect(await site.knex('ixapi_object').where({ ix_api: id })).toEqual([]);
});

test('address and key are there once, and an object that exchanges link to is not deleted', async () => {
  const { path, id, body } = await made();
  const { body: refusal } = await site.api.post(IX_APIS, { ...body, name: 'Again' }).expect(409);
  expect(refusal.detail).toBe('there is an IX-API object with this api_url and api_key already');
  const local = await make(site.api, AUTONOMOUS_SYSTEMS, { asn: 64496, name: 'Ours', affiliated: true });
  const exchange = await make(site.api, EXCHANGES, {
    ...{ name: 'Linked', local_autonomous_system: local, ixapi_endpoint: id },
  });
  expect((await site.api.get(path).expect(200)).body.internet_exchange_count).toBe(1);
  const { body: kept } = await site.send('delete', path).expect(409);
  expect(kept.detail).toMatch(/^internet exchanges link to it/);
  await site.send('patch', `${EXCHANGES}${exchange}/`, { ixapi_endpoint: null }).expect(200);
  await site.send('delete', path).expect(204);
  await site.send('patch', path, { api_key: 'x' }).expect(404);
});

test('nothing is kept of access that nobody came to an end with', async () => {
  site.answer = () => Promise.reject(ApplicationFailure.nonRetryable('broken'));
  const { body } = await site.api.post(IX_APIS, fresh()).expect(502);
  expect(body.detail).toBe('the exchange could not be tried in time: try again later');
  expect(await site.knex('ixapi_probe')).toEqual([]);
});
