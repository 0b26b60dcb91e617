import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFakePeeringdb, type FakePeeringdb } from '../fakes/peeringdb/server';
import { createCommandsSite, printedJson as json, type CommandsSite } from '../helpers/commands-site';
import { until } from '../helpers/processes';
import { runCli, type CliRun } from '../helpers/run-cli';
import type { StartedProduct } from '../helpers/started-product';

jest.setTimeout(120_000);

/** The command line against the real product, which runs on the tests' PostgreSQL and Temporal. */
let site: CommandsSite;
let dataDir: string;
let fake: FakePeeringdb;
let product: StartedProduct;
let cli: StartedProduct['cli'];

beforeAll(async () => {
  fake = await startFakePeeringdb({ scale: 0.002 });
  site = await createCommandsSite({
    ...{ PEERINGDB_API: fake.url, PEERINGDB_RATE_LIMIT: '1000000', PEERINGDB_REPEAT_INTERVAL: '0s' },
  });
  ({ dataDir, product } = site);
  ({ cli } = product);
});
afterAll(async () => {
  await site.close();
  await fake.close();
});
afterEach(() => fake.faults.clear());

interface JobShown {
  readonly id: string;
  readonly status: string;
  readonly result?: { readonly mode: string };
}
const jobs = async (...filters: string[]): Promise<JobShown[]> =>
  json(await cli('job', 'list', '-f', 'json', ...filters));

test('an empty cache has a status', async () => {
  const status: Record<string, unknown> = json(await cli('peeringdb', 'status', '-f', 'json'));
  expect(status).toMatchObject({ 'net-count': 0, last_sync: null, authenticated: false, running: null });
});

test('a synchronisation shows how far it is, and says in one sentence what it did', async () => {
  const { code, stdout, stderr } = await cli('peeringdb', 'sync');
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(
      /^full: [\d,]+ rows created, 0 updated and 0 deleted in 13 of 13 types, 0 unchanged\n$/,
    ),
  });
  expect(stderr).toMatch(/^fetching \(\d+ of 16\)$/m);
  const status: Record<string, unknown> = json(await cli('peeringdb', 'status', '-f', 'json'));
  expect(status['net-count']).toBe(fake.state.counts().net);
});

test.each([
  ['incremental', []],
  ['full', ['--full']],
  ['flush', ['--flush']],
])('sync does what it is told: %s', async (mode, options) => {
  const job: JobShown = json(await cli('peeringdb', 'sync', ...options, '-f', 'json'));
  expect(job).toMatchObject({ status: 'completed', result: { mode } });
});

test('one that is not waited for is followed later, one of the same mode follows it, and another mode is refused', async () => {
  fake.faults.add({ tag: 'poc' }, { kind: 'delay', milliseconds: 3_000 });
  const started = await cli('peeringdb', 'sync', '--no-wait');
  expect(started).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^[0-9a-f-]{36}\n$/) });
  const id = started.stdout.trim();
  expect((await cli('peeringdb', 'sync', '--no-wait')).stdout).toBe(started.stdout);
  const other = await cli('peeringdb', 'sync', '--full');
  expect(other).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(id) });
  expect((await cli('peeringdb', 'clear')).code).toBe(1);
  const followed = await cli('job', 'show', '--wait', id);
  expect(followed).toMatchObject({ code: 0, stdout: expect.stringMatching(/^incremental: /) });
});

test('what upstream makes it wait for is said, with the time until when', async () => {
  fake.faults.add({ tag: 'fac' }, { kind: 'throttled', retryAfter: 2 });
  const { code, stderr } = await cli('peeringdb', 'sync');
  expect(code).toBe(0);
  expect(stderr).toMatch(/^fetching, waiting until \d{4}-.*Z: .*\/api\/fac answers 429.* \(\d+ of 16\)$/m);
});

test('a failure of upstream ends with its reason and exit code 1', async () => {
  fake.faults.add({ tag: 'org', count: null }, { kind: 'firewall' });
  const { code, stdout, stderr } = await cli('peeringdb', 'sync');
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/crossconnect: job [0-9a-f-]{36} failed: .*firewall.*\n$/);
  expect(await jobs('--status', 'failed', '--limit', '1')).toMatchObject([
    { status: 'failed', type: 'peeringdb-sync' },
  ]);
});

test('a guard that waits for a person says which command confirms it, and that command does', async () => {
  const gone = fake.state.ids('poc').slice(0, 30);
  for (const id of gone) fake.state.hardDelete('poc', id);
  fake.clock.advance(3_600_000);
  fake.state.refreshListFiles();
  const following = cli('peeringdb', 'sync', '--full');
  await until(async () => (await jobs('--status', 'waiting')).length === 1);
  const [job] = await jobs('--status', 'waiting');
  // Its follower asks once a second.
  await sleep(1_500);
  expect(await cli('job', 'confirm', job!.id)).toMatchObject({ code: 0, stderr: `job ${job!.id} is confirmed\n` });
  const { code, stdout, stderr } = await following;
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/\d+ deleted in 1 of 13 types/) });
  expect(stderr).toContain(`(crossconnect job confirm ${job!.id})`);
});

test('a job that is canceled ends its follower with exit code 2, and cannot be canceled twice', async () => {
  fake.faults.add({ tag: 'net', count: null }, { kind: 'hang', after: 'request' });
  const following = cli('peeringdb', 'sync');
  await until(async () => (await jobs('--status', 'running')).length === 1);
  const [job] = await jobs('--status', 'running');
  expect((await cli('job', 'cancel', job!.id)).code).toBe(0);
  expect(await following).toMatchObject({ code: 2, stderr: expect.stringContaining(`job ${job!.id} was canceled`) });
  const again = await cli('job', 'cancel', job!.id);
  expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('it is canceled') });
});

test('jobs are listed, newest first, with what can be filtered', async () => {
  const { stdout } = await cli(
    'job',
    'list',
    '--type',
    'peeringdb-sync',
    '--status',
    'completed',
    '--limit',
    '2',
    '-f',
    'csv',
  );
  const [head, ...rows] = stdout.trimEnd().split('\n');
  expect(head).toBe('id,type,status,created,finished,workflow_id');
  expect(rows).toHaveLength(2);
  for (const row of rows)
    expect(row).toMatch(/^[0-9a-f-]{36},peeringdb-sync,completed,20[^,]+Z,20[^,]+Z,peeringdb-sync$/);
});

test.each([['00000000-0000-4000-8000-000000000000'], ['no-such-id'], ['../../status']])(
  'an id that no job has ends with exit code 3: %s',
  async (id) => {
    for (const command of ['show', 'cancel', 'confirm']) expect((await cli('job', command, id)).code).toBe(3);
  },
);

test('a schedule is listed, paused, unpaused and triggered', async () => {
  const list = async (): Promise<object[]> => json(await cli('schedule', 'list', '-f', 'json'));
  await until(async () => (await list()).length === 2);
  const schedule = { id: 'peeringdb', cron: '17 4 1 1 *', next_run: expect.stringMatching(/-01-01T04:17:00/) };
  const ixapi = { id: 'ixapi', cron: '41 * * * *', paused: false, next_run: expect.stringMatching(/:41:00/) };
  expect(await list()).toMatchObject([{ ...schedule, paused: false }, ixapi]);
  expect((await cli('schedule', 'pause', 'peeringdb')).code).toBe(0);
  expect(await list()).toMatchObject([{ id: 'peeringdb', paused: true, next_run: null }, ixapi]);
  expect((await cli('schedule', 'unpause', 'peeringdb')).code).toBe(0);
  expect(await list()).toMatchObject([{ ...schedule, paused: false }, ixapi]);
  const completed = (): Promise<JobShown[]> => jobs('--limit', '1', '--status', 'completed');
  const [last] = await completed();
  expect((await cli('schedule', 'trigger', 'peeringdb')).code).toBe(0);
  await until(async () => (await completed())[0]!.id !== last!.id);
  expect((await cli('schedule', 'pause', 'nothing')).code).toBe(3);
  expect((await cli('schedule', 'list')).stdout).toMatch(/^ID +CRON +PAUSED +NEXT_RUN +LAST_RUN +NOTE\npeeringdb /);
});

test('a token is made into a file for its owner only, may do what its scope says, and is withdrawn', async () => {
  const file = join(dataDir, 'grafana.token');
  const made = await cli(
    'token',
    'create',
    '--name',
    'grafana',
    '--expires',
    '1d',
    '--allowed-ip',
    '127.0.0.1',
    '--key-file',
    file,
  );
  expect(made).toMatchObject({ code: 0, stdout: '' });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  const key = readFileSync(file, 'utf8').trim();
  const withKey = (...argv: string[]): Promise<CliRun> =>
    runCli({ CROSSCONNECT_URL: product.url, API_TOKEN: key, DATA_DIR: dataDir }, ...argv);
  expect((await withKey('peeringdb', 'status')).code).toBe(0);
  expect(await withKey('peeringdb', 'sync')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('expected admin'),
  });
  const tokens: { id: number; name: string; allowed_ips: string[] }[] = json(await cli('token', 'list', '-f', 'json'));
  const [token] = tokens;
  expect(tokens).toMatchObject([{ name: 'grafana', scope: 'read', allowed_ips: ['127.0.0.1/32'] }]);
  expect(tokens[0]).not.toHaveProperty('key');
  expect((await cli('token', 'delete', String(token!.id))).code).toBe(0);
  expect(await withKey('job', 'list')).toMatchObject({ code: 1, stderr: expect.stringContaining('set API_TOKEN') });
  expect((await cli('token', 'delete', String(token!.id))).code).toBe(3);
});

test('a value that the product refuses is named with its field, and ends with exit code 3', async () => {
  const { code, stdout, stderr } = await cli('token', 'create', '--allowed-ip', 'nowhere');
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toMatch(/allowed_ips.*: expected an IP address or a prefix/);
});

test('clearing empties the cache, and the next synchronisation fills it again', async () => {
  expect(await cli('peeringdb', 'clear')).toMatchObject({ code: 0 });
  expect(json(await cli('peeringdb', 'status', '-f', 'json'))).toMatchObject({ 'net-count': 0, last_sync: null });
  expect((await cli('peeringdb', 'sync')).stdout).toMatch(/^full: /);
});

test('a health check and the doctor find nothing wrong', async () => {
  expect(await cli('healthcheck')).toEqual({ code: 0, stdout: 'ready\n', stderr: '' });
  const env = { DATA_DIR: dataDir, PEERINGDB_API: fake.url, PORT: '0', TEMPORAL_UI_PORT: '0' };
  const { code, stdout } = await runCli(env, 'doctor');
  expect(stdout.split('\n').filter((line) => !line.startsWith('ok '))).toEqual(['']);
  expect(stdout).toContain(`${product.url} is ready`);
  expect(code).toBe(0);
});
