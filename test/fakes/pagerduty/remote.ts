import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { createCall, remotePart, type Remote } from '../netbox/remote-call';
import type { LoggedRequest } from './respond';
import type { FakePagerduty, FakePagerdutyOptions } from './server';

/** The fake in a process of its own; what is called here happens there. */
export interface RemotePagerduty {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly state: Remote<FakePagerduty['state']>;
  readonly log: Remote<FakePagerduty['log']>;
  readonly people: Remote<FakePagerduty['people']>;
  readonly webhooks: Remote<FakePagerduty['webhooks']>;
  readonly faults: Remote<FakePagerduty['faults']>;
  readonly limits: Remote<FakePagerduty['limits']>;
  requests(): Promise<LoggedRequest[]>;
  clearRequests(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the fake as a process of its own and waits until it listens. */
export async function spawnFakePagerduty(options: FakePagerdutyOptions = {}): Promise<RemotePagerduty> {
  const main = require.resolve('./main.ts');
  const args = ['--require', require.resolve('tsx/cjs'), main, '--options', JSON.stringify(options)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  const [line] = (await Promise.race([once(lines, 'line'), once(child, 'exit').then(() => [undefined])])) as [string?];
  if (line === undefined) throw new Error('the fake PagerDuty ended before it was ready');
  const { url, port } = JSON.parse(line) as { url: string; port: number };
  const call = createCall(`${url}/_control`);
  return {
    url,
    port,
    pid: child.pid!,
    state: remotePart('state', call),
    log: remotePart('log', call),
    people: remotePart('people', call),
    webhooks: remotePart('webhooks', call),
    faults: remotePart('faults', call),
    limits: remotePart('limits', call),
    requests: () => call('requests'),
    clearRequests: () => call('requests.clear'),
    close: () => end(child),
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.stdin!.end();
  await gone;
}
