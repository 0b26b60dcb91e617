import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { holdDataDir } from '../../engine/data-dir-lock';

let folder: string;
let lock: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crossconnect-lock-'));
  lock = join(folder, 'lock.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a data directory is held by one at a time, and free again afterwards', () => {
  const release = holdDataDir(folder);
  expect(() => holdDataDir(folder)).toThrow(
    new RegExp(`runs on '${folder}' already \\(process ${process.pid}\\): .*another DATA_DIR`),
  );
  release();
  expect(existsSync(lock)).toBe(false);
  holdDataDir(folder)();
});

test.each([
  ['of a process that is gone', '{"pid":4194304,"birth":"x 1"}'],
  ['of an earlier process with our pid', `{"pid":${process.pid},"birth":"some other boot 17"}`],
  ['that was cut off', '{"pid":'],
])('a lock %s does not count', (_, content) => {
  writeFileSync(lock, content);
  const release = holdDataDir(folder);
  expect(() => holdDataDir(folder)).toThrow('already');
  release();
});

test('releasing takes nothing from whoever has it by then', () => {
  const release = holdDataDir(folder);
  rmSync(lock);
  writeFileSync(lock, '{"pid":1,"birth":"other"}');
  release();
  expect(existsSync(lock)).toBe(true);
});

test('of many that find a stale lock at once, one gets the directory', async () => {
  writeFileSync(lock, '{"pid":4194304,"birth":"x 1"}');
  const module = resolve(__dirname, '../../engine/data-dir-lock.ts');
  const script = `const { holdDataDir } = require(${JSON.stringify(module)});
    const at = Number(process.argv[2]); while (Date.now() < at);
    try { holdDataDir(process.argv[1]); console.log('held'); process.stdin.resume(); }
    catch (error) { console.log(error.name); process.exit(); }`;
  const at = String(Date.now() + 3_000);
  const args = ['--require', require.resolve('tsx/cjs'), '-e', script, folder, at];
  const children = [1, 2, 3, 4].map(() => spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] }));
  const words = await Promise.all(children.map(({ stdout }) => once(stdout, 'data').then(String)));
  for (const child of children) child.stdin.end();
  await Promise.all(children.map(({ stdout }) => text(stdout)));
  expect(words.map((word) => word.trim()).sort()).toEqual(['EngineError', 'EngineError', 'EngineError', 'held']);
});

test('a data directory that cannot be made is named with its setting', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(() => holdDataDir(join(folder, 'file', 'data'))).toThrow(/^DATA_DIR: '.*' cannot be used \(ENOTDIR\)/);
});
