import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { ChangeLog, ChangeRow } from './change-log';
import type { Sent } from './deliver';
import type { FakeDeliveries } from './deliveries';
import type { FakeNetboxFaults } from './faults';
import type { Device, Related, Role } from './objects';
import { createCall, remotePart, type Remote } from './remote-call';
import type { FakeNetboxOptions, LoggedRequest } from './server';
import type { FakeNetboxState } from './state';

/** The fake in a process of its own; what is called here happens there. */
export interface RemoteNetbox {
  /** Without `/api`. */
  readonly url: string;
  readonly port: number;
  /** One that it accepts. */
  readonly token: string;
  readonly pid: number;
  readonly state: Remote<FakeNetboxState>;
  readonly changes: Remote<ChangeLog>;
  /** Without predicates, which cannot travel. */
  readonly webhooks: Remote<FakeDeliveries>;
  readonly faults: Remote<Pick<FakeNetboxFaults, 'set' | 'clear' | 'hits'>>;
  devices(): Promise<Device[]>;
  roles(): Promise<Role[]>;
  platforms(): Promise<Related[]>;
  changeRows(): Promise<ChangeRow[]>;
  sent(): Promise<Sent[]>;
  /** How many webhooks wait to be delivered. */
  waiting(): Promise<number>;
  setUser(user: string): Promise<void>;
  addToken(token: string): Promise<void>;
  deleteToken(token: string): Promise<void>;
  requests(): Promise<LoggedRequest[]>;
  clearRequests(): Promise<void>;
  close(): Promise<void>;
}

/** Starts the fake as a process of its own and waits until it listens. */
export async function spawnFakeNetbox(options: FakeNetboxOptions = {}): Promise<RemoteNetbox> {
  const main = require.resolve('./main.ts');
  const child = spawn(process.execPath, ['--require', require.resolve('tsx/cjs'), main, ...toArguments(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  const [line] = (await Promise.race([once(lines, 'line'), once(child, 'exit').then(() => [undefined])])) as [string?];
  if (line === undefined) throw new Error('the fake NetBox ended before it was ready');
  const told = JSON.parse(line) as { url: string; port: number; token: string; control: string };
  const call = createCall(told.control);
  for (const hook of options.webhooks ?? []) await call('webhooks.addTarget', hook);
  return {
    ...told,
    pid: child.pid!,
    state: remotePart('state', call),
    changes: remotePart('changes', call),
    webhooks: remotePart('webhooks', call),
    faults: remotePart('faults', call),
    devices: () => call('devices'),
    roles: () => call('roles'),
    platforms: () => call('platforms'),
    changeRows: () => call('changeRows'),
    sent: () => call('sent'),
    waiting: () => call('waiting'),
    setUser: (user) => call('setUser', user),
    addToken: (token) => call('tokens.add', token),
    deleteToken: (token) => call('tokens.delete', token),
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

function toArguments({ webhooks: _, tokens = [], version, maxPageSize, paceMs, ...rest }: FakeNetboxOptions): string[] {
  const named = { netbox: version, 'max-page-size': maxPageSize, pace: paceMs, ...rest };
  const given = Object.entries(named).filter(([, value]) => value !== undefined);
  return [
    ...given.flatMap(([name, value]) => [`--${name}`, String(value)]),
    ...tokens.flatMap((token) => ['--token', token]),
  ];
}
