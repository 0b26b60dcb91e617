import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkNode } from '../../api/cli/doctor/local';
import { writeRunFile } from '../../config/run-file';
import { startFakeProduct, type FakeProduct } from '../helpers/fake-product';
import { runCli } from '../helpers/run-cli';

let dir: string;
let product: FakeProduct;
let status: number;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'crossconnect-cli-'));
  status = 200;
  product = await startFakeProduct(() => ({ status, body: { id: 4, key: 'the-key', detail: 'database' } }));
});
afterEach(async () => {
  await product.close();
  rmSync(dir, { recursive: true });
});

/** Settings under which no check leaves this machine. */
const local = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  DATA_DIR: dir,
  PORT: '0',
  TEMPORAL_UI_PORT: '0',
  PEERINGDB_API: `${product.url}/api`,
  ...more,
});

describe('token create --key-file', () => {
  const create = (file: string): ReturnType<typeof runCli> =>
    runCli({ CROSSCONNECT_URL: product.url, API_TOKEN: 't'.repeat(40) }, 'token', 'create', '--key-file', file);

  test('writes the key for its owner only, and nowhere else', async () => {
    const file = join(dir, 'key');
    const run = await create(file);
    expect(run).toMatchObject({ code: 0, stdout: '' });
    expect(run.stderr).not.toContain('the-key');
    expect(readFileSync(file, 'utf8')).toBe('the-key\n');
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
  });

  test('leaves an existing file alone and makes no token', async () => {
    const file = join(dir, 'key');
    writeFileSync(file, 'mine');
    expect(await create(file)).toMatchObject({ code: 1 });
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(product.asked).toEqual([]);
  });

  test('leaves no empty file behind when the token is refused', async () => {
    status = 403;
    expect(await create(join(dir, 'key'))).toMatchObject({ code: 1 });
    expect(existsSync(join(dir, 'key'))).toBe(false);
  });
});

describe('config', () => {
  test('config check says that all is good', async () => {
    expect(await runCli({}, 'config', 'check')).toEqual({ code: 0, stdout: 'the settings are good\n', stderr: '' });
  });

  test('config check points out a variable that looks misspelt', async () => {
    const { stderr } = await runCli({ PEERINGDB_SCHEDUL: '* * * * *' }, 'config', 'check');
    expect(stderr).toBe('PEERINGDB_SCHEDUL: a variable that is not a setting; did you mean PEERINGDB_SCHEDULE?\n');
  });

  test('config check has a line for each wrong value, and exit code 1', async () => {
    const run = await runCli({ PORT: 'x', METRICS_OPEN: 'x' }, 'config', 'check');
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr.split('\n').slice(0, -1)).toEqual([
      expect.stringMatching(/^crossconnect: PORT: "x" is not usable/),
      expect.stringMatching(/^crossconnect: METRICS_OPEN: "x" is not usable/),
    ]);
  });

  test('config dump shows where each value came from and no secret', async () => {
    const { stdout } = await runCli({ API_TOKEN: 'hunter2-hunter2-hunter2', PORT: '1' }, 'config', 'dump');
    expect(stdout).toContain('PORT: "1" # environment');
    expect(stdout).toContain('# API_TOKEN: [redacted] (environment)');
    expect(stdout).not.toContain('hunter2');
  });
});

describe('healthcheck', () => {
  test('is 0 when the product is ready', async () => {
    writeRunFile(dir, product.url);
    expect(await runCli({ DATA_DIR: dir }, 'healthcheck')).toEqual({ code: 0, stdout: 'ready\n', stderr: '' });
    expect(product.asked[0]).toMatchObject({ path: '/health/ready' });
  });

  test('is 1 when something is missing, and says what', async () => {
    status = 503;
    const run = await runCli({ CROSSCONNECT_URL: product.url }, 'healthcheck');
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('answered 503: {"id":4,"key":"the-key","detail":"database"}');
  });

  test('asks the address of the settings when there is no run file', async () => {
    const env = { DATA_DIR: dir, HOST: '0.0.0.0', PORT: new URL(product.url).port };
    expect(await runCli(env, 'healthcheck')).toMatchObject({ code: 0 });
  });

  test('is 1 when nothing answers', async () => {
    const run = await runCli({ CROSSCONNECT_URL: 'http://127.0.0.1:9' }, 'healthcheck');
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining('does not answer (ECONNREFUSED)') });
  });
});

describe('migrate', () => {
  test('while the product runs, its embedded database is left to it', async () => {
    writeRunFile(dir, product.url);
    const run = await runCli({ DATA_DIR: dir }, 'migrate', '--dry-run');
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toContain(`crossconnect runs (process ${process.pid}) and has its embedded database`);
  });
});

describe('doctor', () => {
  test('has a line for each check, and exit code 0 when nothing failed', async () => {
    const run = await runCli(local(), 'doctor');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    const names = run.stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => line.split(/\s+/).slice(0, 2).join(' '));
    expect(names).toEqual([
      'ok node',
      'ok settings',
      'ok data',
      expect.stringMatching(/^(ok|warn) disk$/),
      'ok ports',
      'ok database',
      'ok temporal',
      'warn api',
      'ok peeringdb',
      'ok netbox',
      'ok ix-api',
      'ok pagerduty',
    ]);
  });

  test('wrong settings fail, and nothing else is looked at', async () => {
    const run = await runCli(local({ PORT: 'x' }), 'doctor');
    expect(run).toMatchObject({ code: 1, stderr: 'crossconnect: 1 of 2 checks failed\n' });
    expect(run.stdout).toMatch(/^fail {2}settings {4}PORT: "x" is not usable/m);
  });

  test('a database that does not answer fails with what to look at, and does not show its password', async () => {
    const run = await runCli(
      local({ DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:9/d', SECRET_KEY: 'k'.repeat(16) }),
      'doctor',
    );
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/^fail {2}database {4}.*ECONNREFUSED.*: look at DATABASE_URL/m);
    expect(run.stdout).not.toContain('hunter2');
  });

  test('a Temporal server that does not answer fails with what to look at', async () => {
    const run = await runCli(local({ TEMPORAL_ADDRESS: '127.0.0.1:9' }), 'doctor');
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/^fail {2}temporal {4}127\.0\.0\.1:9: .*look at TEMPORAL_ADDRESS/m);
  });

  test('a port in use is named with the setting that changes it', async () => {
    const other = createServer();
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    const port = String((other.address() as AddressInfo).port);
    const run = await runCli(local({ PORT: port }), 'doctor');
    await new Promise((done) => other.close(done));
    expect(run.stdout).toMatch(
      new RegExp(`^fail {2}ports .*port ${port} cannot be used \\(EADDRINUSE\\).*set PORT`, 'm'),
    );
  });

  test('a PeeringDB that does not answer is a warning, since the cache stays', async () => {
    const run = await runCli(local({ PEERINGDB_API: 'http://127.0.0.1:9/api' }), 'doctor');
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/^warn {2}peeringdb .*does not answer: .*ECONNREFUSED/m);
  });

  test.each([
    [401, 'fail', 'refuses the key'],
    [403, 'warn', 'answers 403'],
    [429, 'warn', 'answers 429'],
  ])('a PeeringDB that answers %i is found: %s', async (given, level, detail) => {
    status = given;
    const run = await runCli(local({ PEERINGDB_API_KEY: 'hunter2' }), 'doctor');
    expect(run.stdout).toMatch(new RegExp(`^${level} +peeringdb .*${detail}`, 'm'));
    expect(run.stdout).not.toContain('hunter2');
    expect(product.asked[0]?.headers.authorization).toBe('Api-Key hunter2');
  });

  test('a running product that is not ready fails', async () => {
    writeRunFile(dir, product.url);
    status = 503;
    expect((await runCli(local(), 'doctor')).stdout).toMatch(/^fail {2}api .*answered 503/m);
  });

  test('a token that others can read is a warning', async () => {
    writeFileSync(join(dir, 'token'), 't'.repeat(40), { mode: 0o644 });
    expect((await runCli(local(), 'doctor')).stdout).toMatch(/^warn {2}data .*run chmod 600/m);
  });

  test.each([
    ['18.20.0', 'fail'],
    ['20.18.3', 'fail'],
    ['20.19.0', 'ok'],
    ['22.0.0', 'ok'],
  ])('Node %s is %s', (version, level) => {
    expect(checkNode(version).level).toBe(level);
  });
});
