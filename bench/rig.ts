import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { Knex } from 'knex';
import type { EngineLog } from '../engine/log';
import { freePort } from '../engine/ports';
import { startPostgres, type EmbeddedPostgres } from '../engine/postgres';
import { startTemporal, type EmbeddedTemporal } from '../engine/temporal';
import { createStore } from '../store/knex';
import { migrate } from '../store/migrate';
import { BENCH_KEYS } from './keys';
import { CONFIGS } from './sizes';
import { spawnFakeNetbox, type RemoteNetbox } from '../test/fakes/netbox/remote';
import { spawnFakeIxapi, type RemoteIxapi } from '../test/fakes/ixapi/remote';
import { FAKE_ROUTING_KEY } from '../test/fakes/pagerduty/keys';
import { spawnFakePagerduty, type RemotePagerduty } from '../test/fakes/pagerduty/remote';
import { spawnFakePeeringdb, type RemotePeeringdb } from '../test/fakes/peeringdb/remote';

/** Everything that both sides of a comparison run on: each part a process of its own. */
export interface Rig {
  readonly fake: RemotePeeringdb;
  readonly netbox: RemoteNetbox;
  readonly pagerduty: RemotePagerduty;
  readonly ixapi: RemoteIxapi;
  /** The database of the product. */
  readonly knex: Knex;
  /** A database of the same schema for the floor. */
  readonly floor: Knex;
  readonly client: Client;
  /** The product's API, a process of its own. */
  readonly api: { readonly url: string; readonly token: string };
  /** The floors of the API and of reading IX-API, each a process of its own. */
  readonly bareApi: string;
  readonly bareIxapi: string;
  /** Peak resident memory of the product's worker, MiB. */
  workerPeak(): number;
  /** Resident memory of the product's API and worker now, MiB. */
  memory(): { readonly api: number; readonly worker: number };
  stop(): Promise<void>;
}

const NAMESPACE = 'default';
const silent: EngineLog = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

const databaseAt = (url: string, name: string): string => {
  const address = new URL(url);
  address.pathname = name;
  return address.href;
};

async function openDatabases(postgres: EmbeddedPostgres): Promise<{ knex: Knex; floor: Knex }> {
  const knex = createStore(postgres.url);
  await knex.raw('CREATE DATABASE floor');
  const floor = createStore(databaseAt(postgres.url, 'floor'), { max: 4 });
  await migrate(knex);
  await migrate(floor);
  return { knex, floor };
}

const TOKEN = 'a-token-for-benchmarks-only';

interface Upstreams {
  readonly postgres: EmbeddedPostgres;
  readonly temporal: EmbeddedTemporal;
  readonly fake: RemotePeeringdb;
  readonly netbox: RemoteNetbox;
  readonly pagerduty: RemotePagerduty;
  readonly ixapi: RemoteIxapi;
  readonly folder: string;
}

interface Ports {
  readonly api: number;
  readonly bareApi: number;
  readonly bareIxapi: number;
}

/** The product's two roles, as `npm run worker` and `npm run api` start them, and the floors of both. */
function startProcesses(
  { postgres, temporal, fake, netbox, pagerduty, ixapi, folder }: Upstreams,
  ports: Ports,
): ChildProcess[] {
  const env = {
    ...process.env,
    MALLOC_ARENA_MAX: '2',
    DATABASE_URL: postgres.url,
    SECRET_KEY: 'a-key-for-benchmarks-only',
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: NAMESPACE,
    PEERINGDB_API: fake.url,
    PEERINGDB_API_KEY: fake.key,
    PEERINGDB_RATE_LIMIT: '1000000',
    LOG_LEVEL: 'error',
    DATA_DIR: folder,
    API_TOKEN: TOKEN,
    PORT: String(ports.api),
    PEERINGDB_SCHEDULE: '0 0 1 1 *',
    NETBOX_API: netbox.url,
    NETBOX_API_TOKEN: netbox.token,
    NETBOX_DEVICE_ROLES: '*',
    NETBOX_CHANGE_GUARD: '100% or 1000000',
    PAGERDUTY_ENABLED: 'true',
    PAGERDUTY_ROUTING_KEY: FAKE_ROUTING_KEY,
    PAGERDUTY_EVENTS_API_URL: `${pagerduty.url}/v2/enqueue`,
    IXAPI_ALLOW_PRIVATE: 'true',
    IXAPI_SCHEDULE: '0 0 1 1 *',
  };
  const root = join(__dirname, '..');
  const run = (...args: string[]): ChildProcess =>
    spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const bare = ['--max-semi-space-size=4', '--require', require.resolve('tsx/cjs')];
  return [
    run('--max-semi-space-size=4', join(root, 'bin', 'crossconnect.cjs'), 'worker'),
    run('--require', require.resolve('tsx/cjs'), join(__dirname, 'empty-worker.ts'), temporal.address, NAMESPACE),
    run('--max-semi-space-size=4', join(root, 'bin', 'crossconnect.cjs'), 'api'),
    run(...bare, join(__dirname, 'bare-api.ts'), temporal.address, NAMESPACE, String(ports.bareApi)),
    run(...bare, join(__dirname, 'bare-ixapi.ts'), ixapi.url, String(ports.bareIxapi)),
  ];
}

/** Resident memory of a process in MiB: at its peak (`VmHWM`), or now (`VmRSS`). */
const memoryOf = (child: ChildProcess | undefined, what: 'VmHWM' | 'VmRSS'): number => {
  const status = readFileSync(`/proc/${child?.pid ?? 0}/status`, 'utf8');
  return Math.round(Number(new RegExp(`${what}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0) / 1024);
};

/** Starts the rig with upstream data of a size (1 is PeeringDB's own). */
export async function startRig(seed: number, scale: number): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), 'crossconnect-bench-'));
  const [fake, netbox, pagerduty, ixapi, postgres, temporal] = await Promise.all([
    spawnFakePeeringdb({ seed, scale }),
    // Half a second a page is what was measured on NetBox 4.6.
    spawnFakeNetbox({ seed, devices: 0, paceMs: 500 }),
    spawnFakePagerduty({
      services: [{ name: 'bench', routingKeys: [FAKE_ROUTING_KEY, ...BENCH_KEYS] }],
    }),
    spawnFakeIxapi({ data: { seed, configs: CONFIGS } }),
    startPostgres({ dataDir: folder, log: silent }),
    startTemporal({
      dataDir: folder,
      namespaces: [NAMESPACE],
      uiPort: null,
      log: silent,
      progress: (line) => process.stderr.write(`${line}\n`),
    }),
  ]);
  const { knex, floor } = await openDatabases(postgres);
  const ports: Ports = { api: await freePort(), bareApi: await freePort(), bareIxapi: await freePort() };
  const processes = startProcesses({ postgres, temporal, fake, netbox, pagerduty, ixapi, folder }, ports);
  const connection = await Connection.connect({ address: temporal.address });
  return {
    fake,
    netbox,
    pagerduty,
    ixapi,
    knex,
    floor,
    client: new Client({ connection, namespace: NAMESPACE }),
    api: { url: `http://127.0.0.1:${ports.api}`, token: TOKEN },
    bareApi: `http://127.0.0.1:${ports.bareApi}`,
    bareIxapi: `http://127.0.0.1:${ports.bareIxapi}`,
    workerPeak: () => memoryOf(processes[0], 'VmHWM'),
    memory: () => ({ api: memoryOf(processes[2], 'VmRSS'), worker: memoryOf(processes[0], 'VmRSS') }),
    stop: async () => {
      for (const child of processes) child.kill('SIGTERM');
      for (const child of processes)
        if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      await connection.close();
      await Promise.all([knex.destroy(), floor.destroy()]);
      await Promise.all([
        fake.close(),
        netbox.close(),
        pagerduty.close(),
        ixapi.close(),
        temporal.stop(),
        postgres.stop(),
      ]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
