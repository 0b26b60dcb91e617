import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SupervisedChild, type ChildOptions } from '../../engine/child';
import { EngineError } from '../../engine/errors';
import { isAlive, killEngineParents, parentOf, startEngineParent, until } from '../helpers/processes';

let folder: string;
let children: SupervisedChild[];
let waits: number[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crossconnect-child-'));
  children = [];
  waits = [];
});
afterEach(async () => {
  await Promise.all([killEngineParents(), ...children.map((child) => child.stop())]);
  rmSync(folder, { recursive: true });
});

const quiet = (): void => undefined;
const log = {
  ...{ debug: quiet, info: quiet, warn: quiet },
  error: (fields: object) => waits.push((fields as { restart_in_ms: number }).restart_in_ms),
};

/** A supervised `sh -c script`; by default it is ready as soon as it runs. */
function supervise(script: string, options: Partial<ChildOptions> = {}): SupervisedChild {
  const child: SupervisedChild = new SupervisedChild({
    ...{ name: 'a child', log, command: 'sh', args: ['-c', script], cwd: folder },
    ...{ stopSignal: 'TERM', stopSeconds: 1, backoffMs: [20, 80] },
    ready: () => Promise.resolve(child.status().pid !== undefined),
    ...options,
  });
  children.push(child);
  return child;
}

const file = (name: string): string => readFileSync(join(folder, name), 'utf8');
const forever = 'while :; do sleep 0.05; done';

test('a child that dies is started again, after waits that grow up to a limit', async () => {
  const child = supervise('echo x >> starts; sleep 0.1; exit 3');
  await child.start();
  await until(() => waits.length >= 5);
  await child.stop();
  expect(waits.slice(0, 5)).toEqual([20, 40, 80, 80, 80]);
  expect(file('starts').split('\n').length).toBeGreaterThan(4);
  expect(child.status()).toMatchObject({ state: 'stopped', last_exit: { code: 3, signal: null } });
});

test('a child that was killed is running again soon, and says what happened', async () => {
  const child = supervise(`echo begun; ${forever}`);
  await child.start();
  const { pid } = child.status();
  process.kill(pid!, 'SIGKILL');
  await until(() => child.status().restarts === 1 && child.status().state === 'running');
  expect(child.status()).toMatchObject({
    last_exit: { code: null, signal: 'SIGKILL' },
    last_lines: ['begun', 'begun'],
  });
  expect(child.status().pid).not.toBe(pid);
  expect(isAlive(pid!)).toBe(false);
});

test('a child whose wrapper alone is killed does not live on beside the next one', async () => {
  const child = supervise(`trap '' TERM; ${forever}`);
  await child.start();
  const { pid } = child.status();
  process.kill(await parentOf(pid!), 'SIGKILL');
  await until(() => child.status().restarts === 1 && child.status().state === 'running');
  expect(isAlive(pid!)).toBe(false);
});

test('a child does not get our settings, some of which are secrets, but finds its programs', async () => {
  process.env['CROSSCONNECT_UNIT_SECRET'] = 'of-nobody-else';
  const child = supervise(`env > env; ${forever}`);
  await child.start();
  delete process.env['CROSSCONNECT_UNIT_SECRET'];
  await until(() => existsSync(join(folder, 'env')) && file('env').includes('PATH='));
  expect(file('env')).not.toContain('of-nobody-else');
});

test('nothing of a child that died by itself is left', async () => {
  const child = supervise('sleep 0.3', { backoffMs: [60_000, 60_000] });
  await child.start();
  const group = await parentOf(child.status().pid!);
  expect(isAlive(-group)).toBe(true);
  await until(() => child.status().state === 'restarting');
  await until(() => !isAlive(-group), 1_000);
});

test('a child that does not come to work at its first start is an error with its last words', async () => {
  const child = supervise('echo the disk is full >&2; exit 1', { ready: () => Promise.resolve(false) });
  await expect(child.start()).rejects.toThrow(
    new EngineError('a child ended with code 1; its last words: the disk is full'),
  );
  expect(waits).toEqual([]);
  expect(child.status().state).toBe('stopped');
});

test('a child that ends is not taken to work because another one answers at its address', async () => {
  const child = supervise('exit 0', { ready: () => new Promise((resolve) => setTimeout(resolve, 200, true)) });
  await expect(child.start()).rejects.toThrow('a child ended with code 0');
});

test('a program that is not there is an error that names it', async () => {
  const child = supervise('', { command: '/nowhere/postgres', args: [], ready: () => Promise.resolve(false) });
  await expect(child.start()).rejects.toThrow('/nowhere/postgres');
});

test('a child that does not come to work in time is ended', async () => {
  const child = supervise(`echo $$ > pid; ${forever}`, { ready: () => Promise.resolve(false), startMs: 300 });
  await expect(child.start()).rejects.toThrow('a child did not work after 0.3 s');
  expect(isAlive(Number(file('pid')))).toBe(false);
});

test('a child that is stopped may finish what it does', async () => {
  const child = supervise(`trap 'sleep 0.3; echo done > end; exit 0' TERM; ${forever}`);
  await child.start();
  await child.stop();
  expect(file('end')).toBe('done\n');
  expect(child.status()).toMatchObject({ state: 'stopped', restarts: 0, last_exit: { code: 0 } });
});

test('a child that does not stop in time is killed', async () => {
  const child = supervise(`trap '' TERM; ${forever}`);
  await child.start();
  const { pid } = child.status();
  const began = Date.now();
  await child.stop();
  expect(Date.now() - began).toBeGreaterThan(900);
  expect(Date.now() - began).toBeLessThan(3_000);
  expect(isAlive(pid!)).toBe(false);
});

test('a stop while a child waits for its restart does not wait for it', async () => {
  const child = supervise('sleep 0.1', { backoffMs: [60_000, 60_000] });
  await child.start();
  await until(() => child.status().state === 'restarting');
  await child.stop();
  expect(child.status()).toMatchObject({ state: 'stopped', restarts: 0 });
});

test('a parent that is killed leaves no child, not even one that will not end', async () => {
  const { pid, kill } = await startEngineParent('child');
  expect(isAlive(pid)).toBe(true);
  await kill();
  await until(() => !isAlive(pid), 5_000);
});

test('Ctrl-C in the terminal does not reach a child before its parent ends it', async () => {
  const { parent, pid, kill } = await startEngineParent('child');
  process.kill(-parent.pid!, 'SIGINT');
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(isAlive(pid)).toBe(true);
  await kill();
  await until(() => !isAlive(pid), 5_000);
});
