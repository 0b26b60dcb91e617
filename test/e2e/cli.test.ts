import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFakeProduct, type FakeProduct } from '../helpers/fake-product';

/** The command as users start it: a process of its own. */
const ROOT = join(__dirname, '..', '..');
const BIN = join(ROOT, 'bin', 'crossconnect.cjs');

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'crossconnect-e2e-'))));
afterEach(() => rmSync(dir, { recursive: true }));

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(
  file: string,
  argv: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Run> {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...options.env };
  return new Promise((done) => {
    execFile(file, argv, { ...options, env }, (error, stdout, stderr) => {
      done({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

test('the command works from another folder by its path', async () => {
  const { code, stdout, stderr } = await run(BIN, ['--help'], { cwd: dir });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(/^Usage: crossconnect/);
});

test('npx crossconnect works in the clone', async () => {
  const { code, stdout } = await run('npx', ['crossconnect', 'version'], { cwd: ROOT });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^crossconnect \d+\.\d+\.\d+/);
});

test('exit codes reach the shell', async () => {
  expect(await run(BIN, ['nosuch'])).toMatchObject({ code: 64, stdout: '' });
  expect(await run(BIN, ['config', 'check'], { env: { PORT: 'x' } })).toMatchObject({ code: 1, stdout: '' });
});

test('a wrong setting stops the start with one line and no stack', async () => {
  const { code, stdout, stderr } = await run(BIN, ['job', 'list'], { env: { PEERINGDB_SCHEDULE: '61 * * * *' } });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toMatch(/^crossconnect: PEERINGDB_SCHEDULE: "61 \* \* \* \*" is not usable: expected [^\n]*\n$/);
});

test('a reader that has seen enough is no failure', async () => {
  const { code, stderr } = await run('bash', ['-c', `set -o pipefail; '${BIN}' config dump | head -n 1`]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

describe('with a product', () => {
  let product: FakeProduct;
  let env: NodeJS.ProcessEnv;
  beforeEach(async () => {
    product = await startFakeProduct(({ method }) => ({
      status: method === 'POST' ? 202 : 200,
      body: {
        id: 'j-1',
        type: 'peeringdb-sync',
        status: 'running',
        progress: { phase: 'fetching', done: 1, total: 13 },
      },
    }));
    env = { CROSSCONNECT_URL: product.url, API_TOKEN: 't'.repeat(40), DATA_DIR: dir };
  });
  afterEach(() => product.close());

  test('Ctrl-C leaves the synchronisation running and says how to go on', async () => {
    const child = spawn(BIN, ['peeringdb', 'sync'], { env: { PATH: process.env['PATH'], ...env } });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    while (!stderr.includes('fetching')) await once(child.stderr, 'data');
    child.kill('SIGINT');
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(130);
    expect(stderr).toContain("'crossconnect job show --wait j-1' follows it, 'crossconnect job cancel j-1' stops it");
    expect(product.asked.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  test('data goes to stdout and nothing else does', async () => {
    const { code, stdout, stderr } = await run(BIN, ['peeringdb', 'sync', '--no-wait', '-f', 'json'], { env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ id: 'j-1' });
  });
});
