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
