import { BAD_FILTERS } from '../../helpers/hostile';
import { account, ACCOUNTS, createProbingSite, IX_APIS, welcome, type ProbingSite } from '../../helpers/ixapi-probing';
import { EXCHANGES, make } from '../../helpers/peering';

let site: ProbingSite;
let id: number;

const GOOD = { name: 'IX', api_url: 'https://ix.example/api/v2', api_key: 'key', api_secret: 'secret' };

beforeAll(async () => {
  site = await createProbingSite();
  site.answer = welcome(account('ACC-100'));
  id = await make(site.api, IX_APIS, GOOD);
  // What gets through to here is tried, and refused: most of it has no reason to get here.
  site.answer = () => ({ ok: false, field: 'api_key', reason: 'no' });
});

afterAll(() => site.close());

const VALUES = [
  ...[null, true, 0, -1, 1.5, 1e400, 2 ** 53, '', ' ', '\0', 'a\0b', 'x'.repeat(20_000), [], ['x'], {}, { a: '\0' }],
];

const BAD_URLS = [
  ...[
    'ix.example',
    '//ix.example',
    'ftp://ix.example',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://',
    'http:',
  ],
  ...['https://user@ix.example', 'https://user:word@ix.example', 'https://ix.example/?a=b', 'https://ix.example/#a'],
  ...['https://ix.example/?', 'https://ix.example/#', 'https://ix.example:99999', 'https://[::1', 'https://ix example'],
  ...[
    'https://ix.example\n/x',
    ' https://ix.example',
    'https://bücher.example',
    `https://ix.example/${'x'.repeat(500)}`,
  ],
  ...['https://ix.example/\u202e', 'https://ix.example/\ud800', 'https://%00.example'],
];

test.each(BAD_URLS)('the address %j of an IX-API is refused without being tried', async (api_url) => {
  const before = site.tried.length;
  for (const answer of [
    await site.api.post(IX_APIS, { ...GOOD, api_url }),
    await site.send('patch', `${IX_APIS}${id}/`, { api_url, api_secret: 'x' }),
    await site.api.post(ACCOUNTS, { api_url, api_key: 'key', api_secret: 'x' }),
  ])
    expect([answer.status, Object.keys((answer.body as { errors: object }).errors)]).toEqual([400, ['api_url']]);
  expect(site.tried).toHaveLength(before);
});

test.each(['name', 'api_url', 'api_key', 'api_secret', 'identity'])(
  'no value of %s of an IX-API object is taken that is none, and none fails on our side',
  async (field) => {
    for (const value of VALUES)
      for (const answer of [
        await site.api.post(IX_APIS, { ...GOOD, [field]: value }),
        await site.send('patch', `${IX_APIS}${id}/`, { [field]: value }),
      ])
        expect([value, answer.status, Object.keys((answer.body as { errors: object }).errors)]).toEqual([
          value,
          400,
          [field],
        ]);
  },
);

test.each(['api_key', 'api_secret', 'identity', 'name'])(
  'odd text as %s of an IX-API object does no harm',
  async (field) => {
    for (const value of ['\ud800', '💩', "'; DROP TABLE extras_ix_api", '\u202e', 'constructor', '__proto__', 'a\nb'])
      for (const answer of [
        await site.api.post(IX_APIS, { ...GOOD, [field]: value }),
        await site.send('patch', `${IX_APIS}${id}/`, { [field]: value }),
      ])
        expect([value, answer.status < 500]).toEqual([value, true]);
  },
);

test('no unknown field and no bad filter of IX-API objects is answered', async () => {
  await site.api.post(IX_APIS, { ...GOOD, access_token: 'x' }).expect(400);
  for (const filter of BAD_FILTERS) {
    const answer = await site.api.get(`${IX_APIS}?${filter}`);
    expect([filter, answer.status]).toEqual([filter, 400]);
  }
});

test.each(['ix-api/', 'ix-api/refresh/', 'ix-api/import/'])('%s of no exchange is not found', async (rest) => {
  for (const exchange of ['0', '2000000000', '99999999999', 'x', '%00', '-1']) {
    const path = `${EXCHANGES}${exchange}/${rest}`;
    await (rest === 'ix-api/' ? site.api.get(path) : site.api.post(path, {})).expect(404);
  }
});

test('nothing that was asked of IX-API objects was logged as an error of ours', () => {
  expect(site.api.lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
});
