import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { freePort } from '../../engine/ports';
import { startPostgres } from '../../engine/postgres';
import { startTemporal } from '../../engine/temporal';
import { createStore } from '../../store/knex';
import type { Device, Related, Role, Tag } from '../fakes/netbox/objects';
import { walk } from '../fakes/netbox/ask';
import { spawnFakeNetbox, type RemoteNetbox } from '../fakes/netbox/remote';
import type { Rng } from '../fakes/peeringdb/rng';
import { ADMIN } from './api';
import { fileLog, temporaryFolder } from './engine';
import { differences } from './netbox-model';
import { auditErrors } from './netbox-model-audit';
import { ROUTER } from './netbox-steps-plan';
import { until } from './processes';
import type { ProductProcess } from './product-process';
import { SILENT_KNEX } from './product-readers';
import { startProduct, untilReady, type StartedProduct } from './started-product';

/** What can be killed: the product, which is the API and the worker, or one of the servers behind it. */
export type Victim = 'product' | 'postgres' | 'temporal';

/** A NetBox, a PostgreSQL, a Temporal server and the product, each a process, with webhooks from the first to the last. */
export interface NetboxRig {
  readonly fake: RemoteNetbox;
  /** Kills with SIGKILL; what was killed comes back by itself. */
  kill(victim: Victim): Promise<void>;
  /** Waits until routers equal NetBox; what differs still when that takes too long. */
  equal(withinMs: number): Promise<string[]>;
  close(): Promise<void>;
}

const NAMESPACE = 'crossconnect';
const SECRET = 'the secret of webhooks';
const GRACE = '2s';

async function startServers(folder: string) {
  const log = fileLog(join(folder, 'engine.log'));
  const postgres = await startPostgres({ dataDir: folder, log, settings: { fsync: 'off' } });
  const cliPath = process.env['TEMPORAL_CLI_PATH'];
  const others = { namespaces: [NAMESPACE], uiPort: null, synchronous: 'off', progress: console.error } as const;
  const temporal = await startTemporal({ dataDir: folder, cliPath, log, ...others }).catch(async (error: unknown) => {
    await postgres.stop();
    throw error;
  });
  return { postgres, temporal };
}

/** A product that is started again whenever it ends, as any process manager does. */
function keepProduct(settings: Readonly<Record<string, string>> & { readonly DATA_DIR: string }) {
  let current: StartedProduct | undefined;
  let running: ProductProcess | undefined;
  let isOver = false;
  const keep = async (): Promise<void> => {
    while (!isOver) {
      current = undefined;
      const started = await startProduct('start', settings).catch(() => undefined);
      current = started;
      running = started?.process;
      await (started?.process.exit ?? sleep(500));
    }
  };
  const kept = keep();
  return {
    ready: async (): Promise<StartedProduct> => {
      await until(() => current !== undefined && !current.process.hasEnded(), 120_000);
      await untilReady(current!);
      return current!;
    },
    kill: async (): Promise<void> => {
      await until(() => current !== undefined, 120_000);
      await current?.process.kill();
    },
    close: async (): Promise<void> => {
      isOver = true;
      await running?.kill();
      await kept;
    },
  };
}

const byId = <T extends { readonly id: number }>(rows: readonly T[]): Map<number, T> =>
  new Map(rows.map((row) => [row.id, row]));

/** What is wrong with routers now. */
async function compare(fake: RemoteNetbox, knex: Knex): Promise<string[]> {
  const all = (path: string): Promise<unknown> => walk(`${fake.url}/api/${path}/?limit=1000`);
  const state = {
    devices: byId<Device>(await fake.devices()),
    roles: byId<Role>(await fake.roles()),
    platforms: byId<Related>(await fake.platforms()),
    sites: byId((await all('dcim/sites')) as Related[]),
    tags: byId((await all('extras/tags')) as Tag[]),
    changes: { rows: await fake.changeRows() },
  };
  const rules = { roles: ['router', 'firewall'], tags: [], statuses: { active: 'enabled' }, customFields: [] } as const;
  const table = (name: string) => async () => (await knex(name).orderBy('id')) as Record<string, unknown>[];
  const of = { knex, policy: { rules }, routers: table('devices_router'), audit: table('devices_router_audit') };
  const hidden = await knex('devices_router').where({ state: 'not_visible' });
  return [
    ...(await differences({ ...of, fake: { url: fake.url, state } })),
    ...(await auditErrors(of)),
    ...hidden.map(({ id }: { id: number }) => `router ${id} is not visible`),
  ];
}

/** Starts it all, with some devices that have routers. */
export async function createNetboxRig(seed: number): Promise<NetboxRig> {
  const folder = temporaryFolder('netbox');
  const { postgres, temporal } = await startServers(folder);
  const fake = await spawnFakeNetbox({ devices: 0, seed });
  const port = await freePort();
  const product = keepProduct({
    ...{ DATABASE_URL: postgres.url, TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: NAMESPACE },
    ...{ DATA_DIR: folder, SECRET_KEY: 'the secret key of the fault tests', API_TOKEN: ADMIN, PORT: String(port) },
    ...{ NETBOX_API: fake.url, NETBOX_API_TOKEN: fake.token, NETBOX_WEBHOOK_SECRETS: SECRET, NETBOX_FOLLOW: 'true' },
    ...{ NETBOX_CHANGE_GUARD: '100% or 1000', NETBOX_DELETE_GRACE: GRACE },
    // Nothing of it is asked here.
    ...{ PEERINGDB_API: fake.url, PEERINGDB_SCHEDULE: '0 0 1 1 *' },
  });
  await product.ready();
  const knex = createStore(postgres.url, { max: 2, applicationName: 'test', log: SILENT_KNEX });
  await until(async () => (await knex('netbox_follow').whereNotNull('followed_at')).length > 0, 60_000);
  await fake.webhooks.addTarget({
    url: `http://127.0.0.1:${port}/api/devices/routers/update-from-netbox/`,
    ...{ headers: { Authorization: `Token ${ADMIN}` }, secret: SECRET },
  });
  await fake.state.bulkCreate(Array.from({ length: 12 }, (_, n) => ({ ...ROUTER, name: `first-${n}` })));
  return {
    fake,
    kill: async (victim) => {
      if (victim === 'product') return product.kill();
      const server = victim === 'postgres' ? postgres : temporal;
      await until(() => server.status().state === 'running' && server.status().pid !== undefined, 120_000);
      process.kill(server.status().pid!, 'SIGKILL');
    },
    equal: async (withinMs) => {
      let wrong: string[] = ['nothing was compared'];
      const isEqual = async (): Promise<boolean> => {
        wrong = await compare(fake, knex).catch((error: unknown) => [String(error)]);
        if (wrong.length > 0) await sleep(500);
        return wrong.length === 0;
      };
      await until(isEqual, withinMs).catch(() => undefined);
      return wrong;
    },
    close: async () => {
      await product.close();
      await knex.destroy();
      await fake.close();
      await Promise.all([postgres.stop(), temporal.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Changes some devices in ways of which NetBox tells, one after the other; its webhooks find whom they find. */
export async function changeNetbox({ fake }: NetboxRig, rng: Rng, count: number): Promise<void> {
  const { state } = fake;
  for (let done = 0; done < count; done += 1) {
    const ids = (await fake.devices()).map(({ id }) => id);
    const id = rng.pick(ids);
    const what = rng.int(8);
    if (what === 0 || ids.length < 6) await state.createDevice({ ...ROUTER, name: `made-${rng.int(1000)}` });
    else if (what === 1) await state.deleteDevice(id);
    else if (what === 2) await state.updateDevice(id, { role: rng.pick(['router', 'server', 'core-router']) });
    else if (what === 3) await state.updateDevice(id, { status: rng.pick(['active', 'offline']) });
    else if (what === 4) await state.rolledBackDelete([id]);
    else if (what === 5)
      await state.bulkUpdate(ids.slice(0, 4).map((one) => ({ id: one, name: `bulk-${rng.int(1000)}` })));
    else await state.updateDevice(id, { name: `renamed-${rng.int(1000)}`, platform: rng.pick(['arista-eos', null]) });
    await sleep(rng.int(300));
  }
}
