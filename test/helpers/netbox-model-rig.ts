import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import { freePort } from '../../engine/ports';
import { createStore } from '../../store/knex';
import type { Device, Related, Role, Tag } from '../fakes/netbox/objects';
import { walk } from '../fakes/netbox/ask';
import { spawnFakeNetbox, type RemoteNetbox } from '../fakes/netbox/remote';
import type { Rng } from '../fakes/peeringdb/rng';
import { ADMIN } from './api';
import { temporaryFolder } from './engine';
import { keepProduct, killServer, startServers, type Victim } from './kept-product';
import { differences } from './netbox-model';
import { auditErrors } from './netbox-model-audit';
import { ROUTER } from './netbox-steps-plan';
import { until } from './processes';
import { SILENT_KNEX } from './product-readers';

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
  const { postgres, temporal } = await startServers(folder, NAMESPACE);
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
    kill: (victim) => (victim === 'product' ? product.kill() : killServer(victim === 'postgres' ? postgres : temporal)),
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
