import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFakeProduct, type Answer, type Asked, type FakeProduct } from '../../helpers/fake-product';
import { runCli, type CliRun } from '../../helpers/run-cli';

const EXCHANGES = '/api/peering/internet-exchanges/';
const OBJECTS = '/api/extras/ix-api/';
const SECRET = 'the-secret-of-the-key';
const JOB = { id: 'j-1', type: 'ixapi-import' };

let dir: string;
let product: FakeProduct;
let answer: (asked: Asked) => Answer;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'crossconnect-cli-'));
  answer = () => ({ body: {} });
  product = await startFakeProduct((asked) => answer(asked));
});
afterEach(async () => {
  await product.close();
  rmSync(dir, { recursive: true });
});

const ixapi = (...argv: string[]): Promise<CliRun> =>
  runCli({ CROSSCONNECT_URL: product.url, API_TOKEN: 't'.repeat(40), DATA_DIR: dir }, 'ixapi', ...argv);

const page = (...results: object[]): Answer => ({ body: { count: results.length, results } });
const asked = (): string[] => product.asked.map(({ method, url }) => `${method} ${url}`);

/** A job that is over as soon as it is asked for. */
const finished =
  (result: object): typeof answer =>
  ({ method }) =>
    method === 'POST'
      ? { status: 202, body: { ...JOB, status: 'pending' } }
      : { body: { ...JOB, status: 'completed', result } };

const secretFile = (text = `${SECRET}\n`): string => {
  const path = join(dir, 'secret');
  writeFileSync(path, text);
  return path;
};

const ADD = ['add', '--name', 'Example IX', '--url', 'https://ix.example', '--key', 'K-1'];
const account = (id: string): object => ({ id, name: `Name of ${id}`, managing_account: null, how: 'account' });

describe('ixapi objects', () => {
  const object = { id: 1, name: 'Example IX', api_url: 'https://ix.example/api/v2', identity: 'ACC-100' };

  test('list has the objects, and when each was read', async () => {
    answer = () => page({ ...object, version: '2.7.1', health: 'pass', fetched_at: '2026-01-02T03:04:05Z' });
    expect((await ixapi('list', '-f', 'csv')).stdout).toBe(
      'id,name,api_url,identity,version,health,fetched_at,internet_exchange_count\n' +
        '1,Example IX,https://ix.example/api/v2,ACC-100,2.7.1,pass,2026-01-02T03:04:05Z,\n',
    );
  });

  test('add sends the secret of the file, and shows what was kept without it', async () => {
    answer = () => ({ status: 201, body: object });
    const run = await ixapi(...ADD, '--secret-file', secretFile(), '--identity', 'ACC-100', '-f', 'json');
    expect(run.code).toBe(0);
    expect(JSON.parse(run.stdout)).toEqual(object);
    const access = { api_url: 'https://ix.example', api_key: 'K-1', api_secret: SECRET };
    expect(product.asked.map(({ path, body }) => [path, body])).toEqual([
      [OBJECTS, { name: 'Example IX', ...access, identity: 'ACC-100' }],
    ]);
  });

  test('without an identity the possible ones are printed, nothing is kept, and it is exit code 3', async () => {
    answer = () => ({ body: { identities: [account('ACC-100'), account('ACC-200')] } });
    expect(await ixapi(...ADD, '--secret-file', secretFile(), '-f', 'csv')).toEqual({
      code: 3,
      stdout: 'id,name,managing_account,how\nACC-100,Name of ACC-100,,account\nACC-200,Name of ACC-200,,account\n',
      stderr: 'crossconnect: --identity: expected one of these 2\n',
    });
    expect(asked()).toEqual([`POST ${OBJECTS}accounts/`]);
  });

  test('without an identity the only possible one is taken', async () => {
    answer = ({ path }) =>
      path === OBJECTS ? { status: 201, body: object } : { body: { identities: [account('ACC-100')] } };
    expect(await ixapi(...ADD, '--secret-file', secretFile())).toMatchObject({ code: 0, stderr: '' });
    expect(product.asked[1]?.body).not.toHaveProperty('identity');
  });

  test('what the exchange does not agree with is exit code 3, with its reason and without the secret', async () => {
    const errors = { api_secret: ['https://ix.example/api/v2/auth/token answers 401'] };
    answer = () => ({ status: 400, body: { title: 'Invalid request', errors } });
    const run = await ixapi(...ADD, '--secret-file', secretFile(), '--identity', 'ACC-100');
    expect(run).toMatchObject({
      code: 3,
      stdout: '',
      stderr: expect.stringContaining('api_secret: https://ix.example'),
    });
    expect(run.stderr).not.toContain(SECRET);
  });

  test.each([
    ['an empty one', '\n'],
    ['one of two lines', 'first\nsecond\n'],
    ['one that is far too long', 'x'.repeat(70_000)],
  ])('a secret that is %s is wrong usage, and is not sent', async (_what, text) => {
    const run = await ixapi(...ADD, '--secret-file', secretFile(text));
    expect(run).toMatchObject({ code: 64, stderr: expect.stringContaining('API secret: expected one line') });
    expect(product.asked).toEqual([]);
  });

  test('a secret is no argument, its file has to be there, and without both it cannot be had', async () => {
    const run = await ixapi(...ADD, '--secret', SECRET);
    expect(run.code).toBe(64);
    const missing = await ixapi(...ADD, '--secret-file', join(dir, 'nothing'));
    expect(missing).toMatchObject({ code: 64, stderr: expect.stringContaining('(ENOENT): expected a file for') });
    expect((await ixapi(...ADD)).stderr).toContain('API secret: expected one line on standard input');
    expect(product.asked).toEqual([]);
  });
});

describe('ixapi link', () => {
  const rows: Readonly<Record<string, { readonly name: string; readonly slug?: string }>> = {
    [EXCHANGES]: { name: 'Example IX 26', slug: 'example-ix-26' },
    [OBJECTS]: { name: 'IX' },
  };
  const ids: Readonly<Record<string, number>> = { [EXCHANGES]: 3, [OBJECTS]: 7 };

  beforeEach(() => {
    answer = ({ method, path, query }) => {
      if (method === 'PATCH') return { body: { id: 3, name: 'Example IX 26' } };
      const row = rows[path];
      const wanted = query['name__ie'] ?? query['slug__ie'];
      return row && [row.name, row.slug].includes(wanted) ? page({ id: ids[path], ...row }) : page();
    };
  });

  const patched = (): unknown[] => product.asked.filter(({ method }) => method === 'PATCH');

  test.each([
    ['3', '7'],
    ['example-ix-26', 'IX'],
    ['Example IX 26', '7'],
  ])('links the exchange %j to the object %j', async (exchange, object) => {
    const run = await ixapi('link', exchange, object);
    expect(run).toMatchObject({ code: 0, stdout: '' });
    expect(run.stderr).toMatch(
      /^internet exchange 3 \(Example IX 26\) is linked to IX-API object 7: 'crossconnect ixapi/,
    );
    expect(patched()).toMatchObject([{ path: `${EXCHANGES}3/`, body: { ixapi_endpoint: 7 } }]);
  });

  test('unlinks an exchange', async () => {
    const run = await ixapi('unlink', 'example-ix-26');
    expect(run.stderr).toBe('internet exchange 3 (Example IX 26) is linked to no IX-API object\n');
    expect(patched()).toMatchObject([{ path: `${EXCHANGES}3/`, body: { ixapi_endpoint: null } }]);
  });

  test.each([
    [['link', 'nowhere', '7'], "there is no internet exchange 'nowhere': expected an id, a name or a slug"],
    [['link', '3', 'nobody'], "there is no IX-API object 'nobody': expected an id or a name"],
    [['unlink', 'nowhere'], "there is no internet exchange 'nowhere'"],
  ])('%j names nothing: exit code 3, and nothing is changed', async (argv, why) => {
    expect(await ixapi(...argv)).toMatchObject({ code: 3, stdout: '', stderr: expect.stringContaining(why) });
    expect(patched()).toEqual([]);
  });
});

test('refresh waits, and prints how much was read and what differs', async () => {
  answer = finished({ connections: 4, network_service_configs: 12, superseded: false, drift: 2 });
  const run = await ixapi('refresh', '3', '-f', 'csv');
  expect(run).toMatchObject({
    ...{ code: 0, stdout: 'field,value\nconnections,4\nnetwork_service_configs,12\nsuperseded,false\ndrift,2\n' },
  });
  expect(product.asked[0]).toMatchObject({ path: `${EXCHANGES}3/ix-api/refresh/`, body: {} });
});

test.each(['refresh', 'import'])('%s --no-wait prints the id of the job at once', async (command) => {
  answer = finished({});
  expect(await ixapi(command, '3', '--no-wait')).toEqual({ code: 0, stdout: 'j-1\n', stderr: '' });
});

test.each(['refresh', 'import', 'show'])('%s of an exchange that is not linked is exit code 1', async (command) => {
  answer = () => ({ status: 409, body: { detail: 'the internet exchange is not linked to IX-API' } });
  const run = await ixapi(command, '3');
  expect(run).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('is not linked to IX-API') });
});

describe('ixapi import', () => {
  const imported = {
    create: [
      {
        ...{ network_service_config: 'NSC-1', connection: 5, reason: null },
        values: { ipv4_address: '192.0.2.1/24', vlan: 100 },
      },
    ],
    link: [
      {
        ...{ network_service_config: 'NSC-2', connection: 6, reason: 'it will be decommissioned' },
        changes: { speed: { from: null, to: 10_000 } },
      },
    ],
    update: [{ network_service_config: 'NSC-3', connection: 7, reason: null, changes: { vlan: { from: 9, to: 101 } } }],
    skip: [
      { network_service_config: 'NSC-4', reason: 'it is connection 8 already, nothing differs' },
      { network_service_config: 'NSC-5', reason: 'it has no addresses yet' },
    ],
    following: ['NSC-5'],
  };
  const ROWS =
    'what,network_service_config,connection,field,from,to\n' +
    'create,NSC-1,5,ipv4_address,,192.0.2.1/24\n' +
    'create,NSC-1,5,vlan,,100\n' +
    'link,NSC-2,6,speed,,10000\n' +
    'link,NSC-2,6,reason,,it will be decommissioned\n' +
    'update,NSC-3,7,vlan,9,101\n' +
    'skip,NSC-4,,reason,,"it is connection 8 already, nothing differs"\n' +
    'follow,NSC-5,,reason,,it has no addresses yet\n';

  beforeEach(() => (answer = finished(imported)));

  test('prints what became of each config, field by field, and counts it', async () => {
    const run = await ixapi('import', '3', '-f', 'csv');
    expect(run).toMatchObject({ code: 0, stdout: ROWS });
    expect(run.stderr).toMatch(
      /^1 created, 1 linked, 1 updated, 1 skipped; 1 will be imported once they have addresses\n$/m,
    );
    expect(product.asked[0]).toMatchObject({ path: `${EXCHANGES}3/ix-api/import/`, body: { dry_run: false } });
  });

  test('a dry run of one config says what would be done', async () => {
    const run = await ixapi('import', '3', 'NSC-1', '--dry-run');
    expect(run.stderr).toContain('1 to create, 1 to link, 1 to update, 1 skipped');
    expect(product.asked[0]?.body).toEqual({ network_service_config: 'NSC-1', dry_run: true });
    expect(run.stdout).toMatch(/^create +NSC-1 +5 +vlan +100$/m);
  });

  test('as JSON it is the whole job', async () => {
    const { stdout } = await ixapi('import', '3', '-f', 'json');
    expect(JSON.parse(stdout)).toEqual({ ...JOB, status: 'completed', result: imported });
  });
});

describe('ixapi drift', () => {
  const row = {
    ...{ id: 1, internet_exchange: 3, internet_exchange_name: 'Example IX', network_service_config: 'NSC-1' },
    ...{ connection: 5, kind: 'vlan', severity: 'critical', message: 'the VLAN is 100 at the exchange, but 9 here' },
    ...{ ixapi: 100, ixapi_age: 40, local: 9, local_age: 900, first_seen: '2026-01-02T03:04:05Z' },
  };

  test('lists what differs, and passes its filters on', async () => {
    answer = () => page(row);
    const run = await ixapi('drift', '--exchange', '3', '--severity', 'critical', 'warning', '-f', 'csv');
    expect(run.stdout).toBe(
      'severity,internet_exchange_name,network_service_config,connection,kind,message,first_seen\n' +
        'critical,Example IX,NSC-1,5,vlan,"the VLAN is 100 at the exchange, but 9 here",2026-01-02T03:04:05Z\n',
    );
    expect(asked()).toEqual([
      'GET /api/extras/drift/?severity=critical&severity=warning&internet_exchange=3&limit=1000&offset=0',
    ]);
  });

  test('as JSON it has what each source says, and its age', async () => {
    answer = () => page(row);
    expect(JSON.parse((await ixapi('drift', '-f', 'json')).stdout)).toEqual([row]);
  });

  test('an unknown severity is wrong usage', async () => {
    expect((await ixapi('drift', '--severity', 'high')).code).toBe(64);
    expect(product.asked).toEqual([]);
  });
});
