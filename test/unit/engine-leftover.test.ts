import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitForLeftover } from '../../engine/leftover';

const MARK = 'crossconnect-leftover-mark';

let folder: string;
let pidFile: string;
let leftover: ChildProcess;
let told: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crossconnect-leftover-'));
  pidFile = join(folder, 'pid');
  told = [];
  leftover = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', MARK]);
  await once(leftover, 'spawn');
  writeFileSync(pidFile, `${String(leftover.pid)}\nmore\n`);
});
afterEach(() => {
  leftover.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

const quiet = (): void => undefined;
const log = { debug: quiet, info: (_: object, message: string) => told.push(message), warn: quiet, error: quiet };
const wait = (mark: string, patienceMs = 10_000): Promise<boolean> =>
  waitForLeftover(pidFile, mark, { name: 'the server', log, patienceMs });

test('a start waits for the server that a killed run left to end, and says so once', async () => {
  const waiting = wait(MARK);
  setTimeout(() => leftover.kill('SIGKILL'), 300);
  const began = Date.now();
  await expect(waiting).resolves.toBe(false);
  expect(Date.now() - began).toBeGreaterThan(250);
  expect(told).toEqual(['the server of an earlier run is still there; waiting for it to end']);
});

test('a server of another run that stays is an error that names its process', async () => {
  await expect(wait(MARK, 300)).rejects.toThrow(
    `the server of another run (process ${String(leftover.pid)}, '${pidFile}') is still there after 0.3 s`,
  );
});

test('a pid that another program has by now is not waited for', async () => {
  await expect(wait('another-mark')).resolves.toBe(true);
});

test('no pid file, one of a dead process and one of nonsense are nothing to wait for', async () => {
  leftover.kill('SIGKILL');
  await once(leftover, 'exit');
  await expect(wait(MARK)).resolves.toBe(false);
  writeFileSync(pidFile, 'nonsense');
  await expect(wait(MARK)).resolves.toBe(false);
  rmSync(pidFile);
  await expect(wait(MARK)).resolves.toBe(false);
});
