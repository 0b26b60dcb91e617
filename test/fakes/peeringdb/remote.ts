import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { State } from './state';
import type { Faults } from './faults';
import type { FakePeeringdbOptions, LoggedRequest } from './server';
import type { Limits } from './limits';

type Remote<T> = {
  readonly [K in keyof T as T[K] extends (...args: never[]) => unknown ? K : never]: T[K] extends (
    ...args: infer A
  ) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : never;
};

/** The fake in a process of its own; what is called here happens there. */
export interface RemotePeeringdb {
  readonly url: string;
  readonly cacheUrl: string;
  readonly port: number;
  /** A key that it accepts. */
  readonly key: string;
  readonly pid: number;
  readonly state: Remote<State>;
  readonly faults: Remote<Pick<Faults, 'add' | 'clear'>>;
  readonly clock: { now(): Promise<number>; advance(milliseconds: number): Promise<void> };
  precompress(): Promise<void>;
  setLimits(limits: Limits): Promise<void>;
  addKey(key: string): Promise<void>;
  deleteKey(key: string): Promise<void>;
  requests(): Promise<LoggedRequest[]>;
  clearRequests(): Promise<void>;
  close(): Promise<void>;
}

export interface SpawnOptions extends Pick<FakePeeringdbOptions, 'seed' | 'scale' | 'port' | 'listFileInterval'> {
  /** The machine's clock in place of one that stands still. */
  readonly running?: boolean;
  /** PeeringDB's published limits from the start. */
  readonly limits?: boolean;
}

/** Starts the fake as a process of its own and waits until its list files are written and compressed. */
export async function spawnFakePeeringdb(options: SpawnOptions = {}): Promise<RemotePeeringdb> {
  const main = join(__dirname, 'main.ts');
  const child = spawn(process.execPath, ['--require', require.resolve('tsx/cjs'), main, ...toArguments(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const [line] = (await Promise.race([once(lines, 'line'), once(child, 'exit').then(() => [undefined])])) as [string?];
  if (line === undefined) throw new Error('the fake PeeringDB ended before it was ready');
  const told = JSON.parse(line) as { url: string; cacheUrl: string; port: number; key: string; control: string };
  const call = createCall(told.control);
  return {
    ...told,
    pid: child.pid!,
    state: proxy('state', call) as RemotePeeringdb['state'],
    faults: proxy('faults', call) as RemotePeeringdb['faults'],
    clock: proxy('clock', call) as RemotePeeringdb['clock'],
    precompress: () => call('files.precompress'),
    setLimits: (limits) => call('setLimits', limits),
    addKey: (key) => call('keys.add', key),
    deleteKey: (key) => call('keys.delete', key),
    requests: () => call('requests'),
    clearRequests: () => call('requests.clear'),
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.stdin.end();
      await gone;
    },
  };
}

function toArguments({ seed = 1, scale = 0.01, port = 0, listFileInterval, running, limits }: SpawnOptions): string[] {
  return [
    ...['--seed', String(seed), '--scale', String(scale), '--port', String(port)],
    ...(listFileInterval === undefined ? [] : ['--list-file-interval', String(listFileInterval)]),
    ...(running === true ? ['--clock', 'running'] : []),
    ...(limits === true ? ['--limits'] : []),
  ];
}

type Call = <T>(call: string, ...args: unknown[]) => Promise<T>;

function createCall(control: string): Call {
  return async <T>(call: string, ...args: unknown[]): Promise<T> => {
    const response = await fetch(control, { method: 'POST', body: JSON.stringify({ call, args }) });
    const { result, error } = (await response.json()) as { result: T; error?: string };
    if (error !== undefined) throw new Error(error);
    return result;
  };
}

function proxy(part: string, call: Call): object {
  return new Proxy(
    {},
    {
      get: (_, name) =>
        name === 'then' ? undefined : (...args: unknown[]) => call(`${part}.${String(name)}`, ...args),
    },
  );
}
