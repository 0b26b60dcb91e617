import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFakeProduct, type Answer, type Asked, type FakeProduct } from '../helpers/fake-product';
import { runCli } from '../helpers/run-cli';

const TOKEN = 't'.repeat(40);

let dir: string;
let product: FakeProduct;
let env: NodeJS.ProcessEnv;
let answer: (asked: Asked) => Answer;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'crossconnect-cli-'));
  answer = () => ({ body: {} });
  product = await startFakeProduct((asked) => answer(asked));
  env = { CROSSCONNECT_URL: product.url, API_TOKEN: TOKEN, DATA_DIR: dir };
});
afterEach(async () => {
  await product.close();
  rmSync(dir, { recursive: true });
});

const job = (status: string, more: object = {}): object => ({ id: 'j-1', type: 'peeringdb-sync', status, ...more });

/** Answers the start of a job and then, to each question for it, the next of `states`. */
const jobThat = (...states: object[]): ((asked: Asked) => Answer) => {
  let next = 0;
  return ({ method }) =>
    method === 'POST' ? { status: 202, body: job('pending') } : { body: states[Math.min(next++, states.length - 1)] };
};

describe('peeringdb', () => {
  test.each([
    [[], 'incremental'],
    [['--full'], 'full'],
    [['--flush'], 'flush'],
  ])('sync %j starts mode %s, shows progress on stderr and says what happened on stdout', async (flags, mode) => {
    answer = jobThat(
      job('running', { progress: { phase: 'fetching', done: 3, total: 13 } }),
      job('completed', { result: { summary: 'nothing new' } }),
    );
    expect(await runCli(env, 'peeringdb', 'sync', ...flags)).toEqual({
      code: 0,
      stdout: 'nothing new\n',
      stderr: 'pending\nfetching (3 of 13)\n',
    });
    expect(product.asked[0]).toMatchObject({
      method: 'POST',
      path: '/api/peeringdb/cache/update-local/',
      body: { mode },
    });
  });

  test('sync --no-wait prints the id of the job at once', async () => {
    answer = jobThat(job('running'));
    expect(await runCli(env, 'peeringdb', 'sync', '--no-wait')).toEqual({ code: 0, stdout: 'j-1\n', stderr: '' });
    expect(product.asked).toHaveLength(1);
  });

  test('a wait for the upstream says until when and why', async () => {
    const progress = { phase: 'fetching', done: 0, total: 0, waiting_until: '2026-01-02T03:04:05Z', reason: '429' };
    answer = jobThat(job('waiting', { progress }), job('completed'));
    const { stderr } = await runCli(env, 'peeringdb', 'sync');
    expect(stderr).toContain('fetching, waiting until 2026-01-02T03:04:05Z: 429\n');
  });

  test('a guard that waits for a person says how to confirm it', async () => {
    const progress = { phase: 'comparing', reason: '7% of net would go', confirmable: true };
    answer = jobThat(job('waiting', { progress }), job('completed'));
    const { stderr } = await runCli(env, 'peeringdb', 'sync');
    expect(stderr).toContain('comparing, waiting: 7% of net would go (crossconnect job confirm j-1)\n');
  });

  test('a failed synchronisation is exit code 1 with its reason', async () => {
    answer = jobThat(job('failed', { error: { type: 'PEERINGDB_UNAUTHORIZED', message: 'the key is refused' } }));
    const run = await runCli(env, 'peeringdb', 'sync');
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toContain('crossconnect: job j-1 failed: the key is refused\n');
  });

  test('a canceled synchronisation is exit code 2', async () => {
    answer = jobThat(job('canceled'));
    expect(await runCli(env, 'peeringdb', 'sync')).toMatchObject({ code: 2, stdout: '' });
  });

  test('sync -f json -o FILE writes the whole job', async () => {
    answer = jobThat(job('completed', { result: { created: 1 } }));
    const file = join(dir, 'job.json');
    expect(await runCli(env, 'peeringdb', 'sync', '-f', 'json', '-o', file)).toMatchObject({ code: 0, stdout: '' });
    expect(jest.requireActual(file)).toEqual(job('completed', { result: { created: 1 } }));
  });

  test('clear empties and waits', async () => {
    answer = jobThat(job('completed', { result: { summary: 'emptied' } }));
    expect(await runCli(env, 'peeringdb', 'clear')).toMatchObject({ code: 0, stdout: 'emptied\n' });
    expect(product.asked[0]?.path).toBe('/api/peeringdb/cache/clear-local/');
  });

  test('status as CSV has a row for each count', async () => {
    answer = () => ({ body: { 'net-count': 7, last_sync: null } });
    expect((await runCli(env, 'peeringdb', 'status', '-f', 'csv')).stdout).toBe(
      'field,value\nnet-count,7\nlast_sync,\n',
    );
  });
});

describe('peers', () => {
  const PEERS = '/api/peering/available-peers/';
  const EXCHANGES = '/api/peering/internet-exchanges/';
  const exchanges = [
    { id: 3, name: 'Example IX', slug: 'example-ix-26' },
    { id: 4, name: 'Twin IX', slug: 'twin-ix-27' },
    { id: 5, name: 'Twin IX', slug: 'twin-ix-27-2' },
  ];
  const peer = (asn: number, more: object = {}): object => ({
    ...{ id: asn, asn, name: 'Alpha', internet_exchange: 3, ipaddr4: '192.0.2.1', ipaddr6: null, speed: 10000 },
    ...{ is_rs_peer: true, policy_general: 'Open', missing: [{ connection: 12, family: 4, ip_address: '192.0.2.1' }] },
    ...more,
  });

  /** Answers lists as the product does: a page from `offset` on, exchanges by the filters of their names. */
  const productWith =
    (peers: object[], most = 1000) =>
    ({ path, query }: Asked): Answer => {
      const wanted = (query['name__ie'] ?? query['slug__ie'])?.toLowerCase();
      const known = exchanges.filter(
        ({ name, slug }) =>
          wanted === undefined || (query['slug__ie'] === undefined ? name : slug).toLowerCase() === wanted,
      );
      const rows = path === EXCHANGES ? known : peers;
      const offset = Number(query['offset']);
      return { body: { count: rows.length, results: rows.slice(offset, offset + most) } };
    };
  const asked = (): string[] => product.asked.map(({ path }) => path);

  test('list shows the exchange by its name and each missing session as family@connection', async () => {
    const missing = [
      { connection: 12, family: 4, ip_address: '192.0.2.1' },
      { connection: 12, family: 6, ip_address: '2001:db8::1' },
    ];
    answer = productWith([peer(64500, { ipaddr6: '2001:db8::1', missing })]);
    expect(await runCli(env, 'peers', 'list', '-f', 'csv')).toEqual({
      code: 0,
      stdout:
        'asn,name,internet_exchange,ipaddr4,ipaddr6,speed,is_rs_peer,policy_general,missing\n' +
        '64500,Alpha,Example IX,192.0.2.1,2001:db8::1,10000,true,Open,4@12 6@12\n',
      stderr: '',
    });
    expect((await runCli(env, 'peers', 'list')).stdout).toMatch(
      /^ASN +NAME .*\n64500 +Alpha +Example IX .* 4@12 6@12\n$/,
    );
  });

  test('list asks for all pages', async () => {
    const peers = [64500, 64501, 64502, 64503, 64504].map((asn) => peer(asn));
    answer = productWith(peers, 2);
    const { stdout } = await runCli(env, 'peers', 'list', '-f', 'json');
    expect(JSON.parse(stdout)).toEqual(peers);
    expect(product.asked.map(({ path, query }) => [path, query['offset']])).toEqual(
      ['0', '2', '4'].map((offset) => [PEERS, offset]),
    );
  });

  test('a list that becomes shorter on the way ends', async () => {
    answer = ({ query }) => ({ body: { count: 2, results: query['offset'] === '0' ? [peer(64500)] : [] } });
    expect(JSON.parse((await runCli(env, 'peers', 'list', '-f', 'json')).stdout)).toHaveLength(1);
  });

  test('list passes its filters on, repeated ones too', async () => {
    answer = productWith([]);
    const filters = ['--asn', 'AS64500', '--asn', '64501', '--min-speed', '10000', '--policy', 'open'];
    expect(await runCli(env, 'peers', 'list', ...filters, '-f', 'json')).toMatchObject({ code: 0, stdout: '[]\n' });
    const [{ url }] = product.asked as [Asked];
    expect(url).toBe(`${PEERS}?asn=AS64500&asn=64501&policy_general__ie=open&min_speed=10000&limit=1000&offset=0`);
  });

  test.each(['3', 'example ix', 'Example-IX-26'])('--ix %j is one exchange', async (ix) => {
    answer = productWith([peer(64500)]);
    expect((await runCli(env, 'peers', 'list', '--ix', ix, '-f', 'json')).code).toBe(0);
    expect(asked().at(-1)).toBe(`${EXCHANGES}3/available-peers/`);
  });

  test.each([
    ['nowhere', "--ix: there is no internet exchange 'nowhere': expected an id, a name or a slug"],
    ['twin ix', "--ix: 'twin ix' is 2 internet exchanges: expected one of the ids 4 (twin-ix-27), 5 (twin-ix-27-2)"],
  ])('--ix %j is not one exchange: exit code 3, and why', async (ix, why) => {
    answer = productWith([peer(64500)]);
    expect(await runCli(env, 'peers', 'list', '--ix', ix)).toEqual({
      ...{ code: 3, stdout: '', stderr: `crossconnect: ${why}\n` },
    });
    expect(asked()).not.toContain(PEERS);
  });

  test('a value that the product refuses ends with exit code 3', async () => {
    answer = () => ({ status: 400, body: { title: 'Invalid request', errors: { min_speed: ['expected a number'] } } });
    expect(await runCli(env, 'peers', 'list', '--min-speed', 'fast')).toMatchObject({
      ...{ code: 3, stdout: '', stderr: expect.stringContaining('min_speed: expected a number') },
    });
  });
});

describe('job, schedule and token', () => {
  test('job list passes its filters on and says when there are more', async () => {
    answer = () => ({ body: { count: 9, results: [{ id: 'j-1', type: 't', status: 'failed' }] } });
    const run = await runCli(env, 'job', 'list', '--status', 'failed', '--limit', '1', '-f', 'csv');
    expect(run.stdout).toBe('id,type,status,created,finished,workflow_id\nj-1,t,failed,,,\n');
    expect(run.stderr).toBe('1 of 9; --limit shows more\n');
    expect(product.asked[0]?.query).toEqual({ status: 'failed', limit: '1' });
  });

  test.each(['cancel', 'confirm'])('job %s asks for just that', async (action) => {
    answer = () => ({ status: 202, body: job('running') });
    expect(await runCli(env, 'job', action, 'a/b')).toMatchObject({ code: 0, stdout: '' });
    expect(product.asked[0]).toMatchObject({ method: 'POST', path: `/api/core/jobs/a%2Fb/${action}/` });
  });

  test.each(['pause', 'unpause', 'trigger'])('schedule %s asks for just that', async (action) => {
    expect(await runCli(env, 'schedule', action, 'peeringdb')).toMatchObject({ code: 0 });
    expect(product.asked[0]).toMatchObject({ method: 'POST', path: `/api/core/schedules/peeringdb/${action}/` });
  });

  test.each([
    ['a page', { count: 1, results: [{ id: 'peeringdb', paused: false }] }],
    ['a list', [{ id: 'peeringdb', paused: false }]],
  ])('schedule list reads %s', async (_form, body) => {
    answer = () => ({ body });
    expect((await runCli(env, 'schedule', 'list')).stdout).toContain('peeringdb');
  });

  test('token create prints the key alone on stdout', async () => {
    answer = () => ({ status: 201, body: { id: 4, key: 'the-key' } });
    const run = await runCli(
      env,
      'token',
      'create',
      '--name',
      'x',
      '--scope',
      'write',
      '--allowed-ip',
      '192.0.2.0/24',
      '2001:db8::/32',
    );
    expect(run).toMatchObject({ code: 0, stdout: 'the-key\n' });
    expect(run.stderr).not.toContain('the-key');
    expect(product.asked[0]?.body).toEqual({
      name: 'x',
      scope: 'write',
      allowed_ips: ['192.0.2.0/24', '2001:db8::/32'],
    });
  });

  test('token list reads a page', async () => {
    answer = () => ({ body: { count: 1, results: [{ id: 4, name: 'x', scope: 'read' }] } });
    expect((await runCli(env, 'token', 'list')).stdout).toMatch(/^4 +x +read$/m);
  });

  test('token delete asks for just that', async () => {
    answer = () => ({ status: 204 });
    expect(await runCli(env, 'token', 'delete', '4')).toMatchObject({ code: 0 });
    expect(product.asked[0]).toMatchObject({ method: 'DELETE', path: '/api/users/tokens/4/' });
  });
});
