import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadOrCreateSecret, readSecret, secretPath } from '../../config/bootstrap';
import { readRunFile, removeRunFile, writeRunFile } from '../../config/run-file';

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'crossconnect-files-'))));
afterEach(() => rmSync(dir, { recursive: true }));

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

test('a token is made on the first call, for its owner only, and found again by the next', () => {
  const dataDir = join(dir, 'not', 'there', 'yet');
  const token = loadOrCreateSecret(dataDir, 'token');
  expect(token.reveal()).toMatch(/^[0-9a-f]{40}$/);
  expect(modeOf(secretPath(dataDir, 'token'))).toBe('600');
  expect(loadOrCreateSecret(dataDir, 'token').reveal()).toBe(token.reveal());
  expect(readdirSync(dataDir)).toEqual(['token']);
});

test('token and key are different secrets', () => {
  expect(loadOrCreateSecret(dir, 'secret-key').reveal()).toMatch(/^[0-9a-f]{64}$/);
  expect(readSecret(dir, 'token')).toBeUndefined();
});

test('processes that start at once agree on the token', async () => {
  const script = `const { loadOrCreateSecret } = require(${JSON.stringify(join(__dirname, '../../config/bootstrap.ts'))});
    process.stdin.once('data', () => { console.log(loadOrCreateSecret(${JSON.stringify(dir)}, 'token').reveal()); process.exit(); });
    console.log('ready');`;
  const starts = Array.from({ length: 4 }, () => spawn(process.execPath, ['--require', 'tsx/cjs', '-e', script]));
  await Promise.all(starts.map((child) => once(child.stdout, 'data')));
  const tokens = starts.map(async (child) => String((await once(child.stdout, 'data'))[0]));
  for (const child of starts) child.stdin.write('go\n');
  expect(new Set(await Promise.all(tokens)).size).toBe(1);
});

test('a token that others could read is tightened, with a warning that does not show it', () => {
  const path = secretPath(dir, 'token');
  writeFileSync(path, 'abcdefghijklmnopqrst');
  chmodSync(path, 0o644);
  const warnings: string[] = [];
  expect(loadOrCreateSecret(dir, 'token', (message) => warnings.push(message)).reveal()).toBe('abcdefghijklmnopqrst');
  expect(modeOf(path)).toBe('600');
  expect(warnings).toEqual([`'${path}' could be read by others (mode 644); it is now 600`]);
});

test('a cut-off token stops the start instead of being replaced', () => {
  writeFileSync(secretPath(dir, 'token'), 'abc\n', { mode: 0o600 });
  expect(() => loadOrCreateSecret(dir, 'token')).toThrow(/holds 3 characters: expected at least 16/);
  expect(readFileSync(secretPath(dir, 'token'), 'utf8')).toBe('abc\n');
});

test('a data directory that is a file is named', () => {
  writeFileSync(join(dir, 'file'), '');
  expect(() => loadOrCreateSecret(join(dir, 'file'), 'token')).toThrow(/DATA_DIR|cannot be read \(ENOTDIR\)/);
});

test('a running product is found by its run file', () => {
  writeRunFile(dir, 'http://127.0.0.1:8080');
  expect(readRunFile(dir)).toMatchObject({ pid: process.pid, url: 'http://127.0.0.1:8080' });
  removeRunFile(dir);
  expect(readRunFile(dir)).toBeUndefined();
  expect(readdirSync(dir)).toEqual([]);
});

test('a run file left by a killed process does not count', () => {
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  writeFileSync(join(dir, 'run.json'), JSON.stringify({ pid, url: 'http://127.0.0.1:1', started: 'x' }));
  expect(readRunFile(dir)).toBeUndefined();
});

test("another process's run file is not removed", () => {
  writeFileSync(join(dir, 'run.json'), JSON.stringify({ pid: process.ppid, url: 'http://127.0.0.1:1', started: 'x' }));
  removeRunFile(dir);
  expect(existsSync(join(dir, 'run.json'))).toBe(true);
});

test.each(['', '{', '[]', '{"pid": -1, "url": "http://x", "started": ""}', '{"pid": 1}'])(
  'a run file that holds %j does not count',
  (content) => {
    writeFileSync(join(dir, 'run.json'), content);
    expect(readRunFile(dir)).toBeUndefined();
  },
);
