import { historiesOf, placesWith, tablesOf } from '../../helpers/secret-search';
import { fromGlobalSetup } from '../../helpers/database';
import { account, ACCOUNTS, createProbingSite, IX_APIS, welcome, type ProbingSite } from '../../helpers/ixapi-probing';
import { make } from '../../helpers/peering';
import { testNamespace } from '../../helpers/temporal';

let site: ProbingSite;

beforeAll(async () => {
  site = await createProbingSite();
});

afterAll(() => site.close());

const SECRET = 'a secret that nobody may see 7f3a';
const ACCESS = { api_url: 'https://ix.example', api_key: 'key', api_secret: SECRET };

test('accounts that are ours are named before an object is kept, and for one that is kept', async () => {
  site.answer = welcome(account('ACC-100', 'Example Networks'), account('ACC-200', null));
  const { body: asked } = await site.api.post(ACCOUNTS, ACCESS).expect(200);
  expect(asked).toEqual({
    ...{ api_url: 'https://ix.example/api/v2', version: '2.7.1' },
    identities: [account('ACC-100', 'Example Networks'), account('ACC-200', null)],
  });
  const id = await make(site.api, IX_APIS, { ...ACCESS, name: 'IX', identity: 'ACC-200' });
  const { body: again } = await site.api.post(ACCOUNTS, { ix_api: id }).expect(200);
  expect(again).toEqual(asked);
  expect(site.tried.at(-1)).toEqual({ ...ACCESS, api_url: 'https://ix.example/api/v2' });
});

test.each([
  [{}, ['api_url', 'api_key', 'api_secret']],
  [{ api_url: ACCESS.api_url, api_key: 'key' }, ['api_secret']],
  [{ ix_api: 99 }, ['ix_api']],
  [{ ix_api: 1, api_url: 'https://elsewhere.example' }, ['api_url']],
  [{ ...ACCESS, ix_api: 1 }, ['api_url', 'api_key', 'api_secret']],
])('accounts are not asked for with %j', async (body, fields) => {
  const before = site.tried.length;
  const { body: refusal } = await site.api.post(ACCOUNTS, body).expect(400);
  expect(Object.keys(refusal.errors)).toEqual(fields);
  expect(site.tried).toHaveLength(before);
});

test('a reason why accounts are not named stands at its field', async () => {
  site.answer = () => ({ ok: false, field: 'api_url', reason: 'there is no IX-API at this address' });
  const { body } = await site.api.post(ACCOUNTS, ACCESS).expect(400);
  expect(body.errors).toEqual({ api_url: ['there is no IX-API at this address'] });
});

test('the secret of an IX-API object is in no answer, no list, no log, no table and no history', async () => {
  site.answer = welcome(account('ACC-100'));
  const body = { ...ACCESS, api_url: 'https://secretive.example', name: 'Secretive' };
  const answers = [await site.api.post(IX_APIS, body).set('Idempotency-Key', 'secretive').expect(201)];
  const one = `${IX_APIS}${answers[0]?.body.id}/`;
  answers.push(
    await site.api.post(IX_APIS, body).set('Idempotency-Key', 'secretive').expect(201),
    await site.send('patch', one, { api_secret: SECRET }).expect(200),
    await site.send('put', one, body).expect(200),
    await site.api.get(one).expect(200),
    await site.api.get(IX_APIS).expect(200),
    await site.api.get(`${IX_APIS}?format=csv`).expect(200),
    await site.api.post(IX_APIS, { ...body, api_secret: [SECRET] }).expect(400),
    await site.api.post(IX_APIS, { ...body, api_secret: SECRET.repeat(100) }).expect(400),
  );
  site.answer = () => ({ ok: false, field: 'api_secret', reason: 'it is refused' });
  answers.push(await site.api.post(ACCOUNTS, body).expect(400));
  await site.api.get(`${IX_APIS}?api_secret=x`).expect(400);
  await site.api.get(`${IX_APIS}?fields=api_secret`).expect(400);
  const places = {
    ...(await tablesOf(site.knex)),
    ...(await historiesOf(fromGlobalSetup('CROSSCONNECT_TEST_TEMPORAL'), testNamespace())),
    answers: answers.map(({ text }) => text).join('\n'),
    log: site.api.lines.join('\n'),
  };
  expect(placesWith(places, [SECRET])).toEqual([]);
  for (const { text } of answers) expect(text).not.toContain('"api_secret":"');
});
