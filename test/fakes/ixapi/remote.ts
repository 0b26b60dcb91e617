import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { createCall, remotePart, type Remote } from '../netbox/remote-call';
import type { FakeIxapi, FakeIxapiOptions } from './server';

/** The fake in a process of its own; what is called here happens there. */
export interface RemoteIxapi {
  readonly url: string;
  readonly origin: string;
  readonly port: number;
  readonly pid: number;
  readonly state: Remote<FakeIxapi['state']>;
  readonly tokens: Remote<FakeIxapi['tokens']>;
  readonly faults: Remote<FakeIxapi['faults']>;
  readonly limits: Remote<FakeIxapi['limits']>;
  readonly paging: Remote<FakeIxapi['paging']>;
  readonly about: Remote<FakeIxapi['about']>;
  readonly log: Remote<FakeIxapi['log']>;
  readonly clock: Remote<FakeIxapi['clock']>;
  close(): Promise<void>;
}

/** Starts the fake as a process of its own and waits until it listens. */
export async function spawnFakeIxapi(options: FakeIxapiOptions = {}): Promise<RemoteIxapi> {
  const main = require.resolve('./main.ts');
  const args = ['--require', require.resolve('tsx/cjs'), main, '--options', JSON.stringify(options)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const [line] = (await Promise.race([once(lines, 'line'), once(child, 'exit').then(() => [undefined])])) as [string?];
  if (line === undefined) throw new Error('the fake IX-API ended before it was ready');
  const { url, origin, port, control } = JSON.parse(line) as Record<'url' | 'origin' | 'control', string> & {
    port: number;
  };
  const call = createCall(control);
  return {
    ...{ url, origin, port, pid: child.pid! },
    state: remotePart('state', call),
    tokens: remotePart('tokens', call),
    faults: remotePart('faults', call),
    limits: remotePart('limits', call),
    paging: remotePart('paging', call),
    about: remotePart('about', call),
    log: remotePart('log', call),
    clock: remotePart('clock', call),
    close: () => end(child),
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.stdin!.end();
  await gone;
}
