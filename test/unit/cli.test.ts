import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeRunFile } from '../../config/run-file';
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

describe('usage', () => {
  test.each([
    [['nosuch'], "unknown command 'nosuch'"],
    [['peeringdb', 'nosuch'], "unknown command 'nosuch'"],
    [['peeringdb', 'sync', '--fulll'], 'Did you mean --full?'],
    [['peeringdb', 'sync', '--full', '--flush'], '--full and --flush: expected one of them'],
    [['job', 'show'], "missing required argument 'id'"],
    [['job', 'list', '-f', 'xml'], 'Allowed choices are table, json, csv'],
    [['ixapi', 'add', '--name', 'n', '--url', 'https://ix.example'], "required option '--key <key>' not specified"],
    [['ixapi', 'link', '3'], "missing required argument 'ix-api'"],
    [['incident', 'create', '--title', 't'], "required option '--severity <severity>' not specified"],
    [['incident', 'list', '--open', '--status', 'new'], '--open and --status: expected one of them'],
    [['incident', 'resolve', '4', 'x'], "'x' is not usable: expected the id of an incident"],
    [['pagerduty', 'send-incident', '4', '--action', 'page'], 'Allowed choices are trigger, acknowledge, resolve'],
    [['pagerduty', 'resolve'], '--event and --dedup-key: expected one of them'],
    [['pagerduty', 'resolve', '--event', '4', '--dedup-key', 'k'], '--event and --dedup-key: expected one of them'],
    [['token', 'create', '--scope', 'root'], 'Allowed choices are read, write, admin'],
    [['token', 'create', '--expires', 'soon'], "--expires: 'soon' is not usable"],
    [[], 'Usage: crossconnect'],
  ])('%j is wrong: exit code 64, and why on stderr', async (argv, why) => {
    const run = await runCli(env, ...argv);
    expect(run).toMatchObject({ code: 64, stdout: '' });
    expect(run.stderr).toContain(why);
    expect(product.asked).toEqual([]);
  });

  test('--help goes to stdout with exit codes and examples', async () => {
    const run = await runCli({}, '--help');
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toMatch(/Exit codes:[\s\S]*64[\s\S]*Examples:/);
  });

  test.each([
    'start',
    'api',
    'worker',
    'peeringdb',
    'netbox',
    'ixapi',
    'incident',
    'pagerduty',
    'peers',
    'schedule',
    'job',
    'token',
    'config',
    'doctor',
    'healthcheck',
    'migrate',
    'completion',
    'version',
  ])('%s has its help and is in the list of commands', async (command) => {
    expect((await runCli({}, '--help')).stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'));
    expect(await runCli({}, command, '--help')).toMatchObject({ code: 0, stderr: '' });
  });

  test('the version is that of package.json', async () => {
    const { version } = jest.requireActual<{ version: string }>('../../package.json');
    expect((await runCli({}, '--version')).stdout).toBe(`${version}\n`);
    expect((await runCli({}, 'version')).stdout).toContain(version);
  });

  test('the completion script knows commands and their options', async () => {
    const { stdout } = await runCli({}, 'completion', 'bash');
    expect(stdout).toMatch(/'peeringdb sync'\) words='.*--flush/);
    expect(stdout).toMatch(/'netbox reconcile'\) words='.*--strict/);
    expect(stdout).toMatch(/'ixapi import'\) words='.*--dry-run/);
    expect(stdout).toMatch(/'incident'\) words='.*acknowledge/);
    expect(stdout).toMatch(/'pagerduty send-incident'\) words='.*--action/);
  });
});

describe('finding the product', () => {
  test('when nothing runs, one sentence says so and how to start', async () => {
    const run = await runCli({ DATA_DIR: dir }, 'job', 'list');
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(
      /^crossconnect: crossconnect is not running \(looked in .*\): start it with 'npm start'.*\n$/,
    );
  });

  test('a product that runs here is found by its run file, and asked with its token', async () => {
    writeRunFile(dir, product.url);
    writeFileSync(join(dir, 'token'), `${TOKEN}\n`, { mode: 0o600 });
    await runCli({ DATA_DIR: dir }, 'peeringdb', 'status');
    expect(product.asked[0]?.headers.authorization).toBe(`Token ${TOKEN}`);
  });

  test('CROSSCONNECT_URL wins over the run file', async () => {
    writeRunFile(dir, 'http://127.0.0.1:9');
    expect(await runCli(env, 'peeringdb', 'status')).toMatchObject({ code: 0 });
    expect(product.asked).toHaveLength(1);
  });

  test('without a token a sentence says where one is expected', async () => {
    const run = await runCli({ CROSSCONNECT_URL: product.url, DATA_DIR: dir }, 'job', 'list');
    expect(run.code).toBe(1);
    expect(run.stderr).toContain(`there is no token for ${product.url}: set API_TOKEN`);
  });

  test('a product that does not answer is named', async () => {
    const run = await runCli({ ...env, CROSSCONNECT_URL: 'http://127.0.0.1:9' }, 'job', 'list');
    expect(run.code).toBe(1);
    expect(run.stderr).toBe(
      'crossconnect: crossconnect at http://127.0.0.1:9 does not answer (ECONNREFUSED): is it running?\n',
    );
  });

  test('an address that is none is refused', async () => {
    const run = await runCli({ ...env, CROSSCONNECT_URL: 'localhost:8080' }, 'job', 'list');
    expect(run.stderr).toContain("CROSSCONNECT_URL: 'localhost:8080' is not usable");
  });
});

describe('errors of the API', () => {
  test.each([
    [400, 3],
    [404, 3],
    [401, 1],
    [403, 1],
    [409, 1],
    [500, 1],
    [503, 1],
  ])('a %i is one line with the request, exit code %i', async (status, code) => {
    answer = () => ({
      status,
      body: { title: 'Title', status, detail: 'this is why', errors: { limit: ['too\nbig'] } },
    });
    const run = await runCli(env, 'job', 'list');
    expect(run).toMatchObject({ code, stdout: '' });
    expect(run.stderr).toMatch(/^crossconnect: this is why; limit: too big.* \(request req-1\)\n$/);
  });

  test('an answer that is not ours asks whether the address is right', async () => {
    answer = () => ({ status: 502, text: '<html>Bad gateway</html>' });
    expect((await runCli(env, 'job', 'list')).stderr).toContain(
      "answered 502 without saying why: is this the product's address?",
    );
  });

  test('HTML with status 200 is no list', async () => {
    answer = () => ({ text: '<html>' });
    const run = await runCli(env, 'job', 'list');
    expect(run.code).toBe(1);
    expect(run.stderr).toContain('the answer is not what was expected');
  });

  test('no error shows the token', async () => {
    answer = () => ({ status: 401, body: { detail: 'unknown token' } });
    const run = await runCli(env, 'job', 'list');
    expect(run.stderr).toContain('set API_TOKEN');
    expect(run.stderr).not.toContain(TOKEN);
  });
});
