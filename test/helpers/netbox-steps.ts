import { setTimeout as sleep } from 'node:timers/promises';
import type { DeviceFields } from '../fakes/netbox/objects';
import type { FakeNetbox } from '../fakes/netbox/server';
import type { NetboxSite } from './netbox-site';
import { ROUTER, reconcile, type PlanAnswer } from './netbox-steps-plan';
import { PEOPLE } from './netbox-steps-people';

/** A site, and what steps leave for later ones. */
export interface World {
  readonly site: NetboxSite;
  plan: PlanAnswer | undefined;
  isWorking: boolean;
  /** What goes on beside the steps. */
  readonly beside: Promise<unknown>[];
}

export type Doing = (world: World, at: number) => unknown;

const pick = <T>(from: readonly T[], at: number): T => from[at % from.length]!;

const ROLES = ['router', 'router', 'firewall', 'core-router', 'edge-router', 'switch', 'server'];
const PLATFORMS = ['juniper-junos', 'cisco-ios-xr', 'arista-eos', 'nokia-sr-os', null];
const NAMES = ['r1.par', 'R1.PAR', 'r2.ams', 'edge.lon', 'core.fra', null];

/** What can be changed of a device. */
const FIELDS: readonly ((at: number) => DeviceFields)[] = [
  (at) => ({ name: pick(NAMES, at) }),
  (at) => ({ name: `renamed-${at}` }),
  (at) => ({ role: pick(ROLES, at) }),
  (at) => ({ platform: pick(PLATFORMS, at) }),
  (at) => ({ status: pick(['active', 'active', 'staged', 'offline'], at) }),
  (at) => ({ tags: pick([[], ['peering'], ['core'], ['core', 'peering']], at) }),
  (at) => ({ local_context_data: pick([null, { n: at }, { z: [1, { a: 'b' }], a: at }], at) }),
  (at) => ({ primary_ip4: pick([null, `192.0.2.${at % 250}/24`], at) }),
  (at) => ({ primary_ip6: pick([null, `2001:db8::${(at % 9999) + 1}/64`, '::ffff:192.0.2.1/128'], at) }),
  (at) => ({ site: (at % 5) + 1 }),
  (at) => ({ custom_fields: { local_asn: at % 3 === 0 ? null : at } }),
  () => ({}),
];

const idsIn = ({ state }: FakeNetbox): number[] => [...state.devices.keys()];
const one = (fake: FakeNetbox, at: number): number[] =>
  idsIn(fake)
    .slice(at % Math.max(1, idsIn(fake).length))
    .slice(0, 1);
const some = (fake: FakeNetbox, at: number): number[] => idsIn(fake).filter((id) => (id + at) % 3 === 0);
const changed = (at: number): DeviceFields => pick(FIELDS, at)(Math.floor(at / FIELDS.length));
const made = (at: number): DeviceFields => ({ ...ROUTER, tags: ['peering'], name: `device-${at}`, ...changed(at) });

/** Changes of which NetBox tells. */
const TOLD: Record<string, Doing> = {
  create: ({ site }, at) => site.fake.state.createDevice(made(at)),
  change: ({ site: { fake } }, at) => one(fake, at).map((id) => fake.state.updateDevice(id, changed(at))),
  changeAgain: ({ site: { fake } }, at) => one(fake, at).map((id) => fake.state.updateDevice(id, changed(at + 1))),
  burst: ({ site: { fake } }, at) =>
    one(fake, at).forEach((id) => [1, 2, 3, 4, 5].forEach((n) => fake.state.updateDevice(id, changed(at + n)))),
  delete: ({ site: { fake } }, at) => one(fake, at).forEach((id) => fake.state.deleteDevice(id)),
  bulkCreate: ({ site }, at) => site.fake.state.bulkCreate([made(at), made(at + 1), made(at + 2)]),
  bulkUpdate: ({ site: { fake } }, at) =>
    fake.state.bulkUpdate(some(fake, at).map((id) => ({ id, ...changed(at + id) }))),
  bulkDelete: ({ site: { fake } }, at) => fake.state.bulkDelete(some(fake, at).slice(0, 3)),
  deletePlatform: ({ site: { fake } }, at) => fake.state.deletePlatform(pick([...fake.state.platforms.keys()], at)),
  createPlatform: ({ site: { fake } }, at) =>
    at % 2 === 0 && fake.state.createPlatform(pick(['Juniper Junos', 'Arista EOS', 'Nokia SR OS'], at)),
  phantomUpdate: ({ site: { fake } }, at) =>
    one(fake, at).forEach((id) => fake.state.rolledBackUpdate(id, changed(at))),
  phantomDelete: ({ site: { fake } }, at) => fake.state.rolledBackDelete(some(fake, at)),
  holdLines: ({ site }, at) => site.fake.state.changes.holdNext((at % 3) + 1),
  commitLines: ({ site }) => site.fake.state.changes.commitLate(),
};

/** What happens to webhooks. */
const WEBHOOKS: Record<string, Doing> = {
  lose: ({ site }, at) => site.fake.webhooks.lose((at % 8) + 1),
  double: ({ site }, at) => site.fake.webhooks.double((at % 4) + 1),
  shuffle: ({ site }, at) => site.fake.webhooks.shuffle(at),
  delay: ({ site }, at) => site.fake.webhooks.delay(at % 200),
  hold: ({ site }) => site.fake.webhooks.hold(),
  release: ({ site }) => site.fake.webhooks.release(),
  parallel: ({ site }, at) => site.fake.webhooks.parallel((at % 4) + 1),
};

/** What befalls some requests; those of the change log may be spared. */
const befall = (at: number): { count: number; path?: string } => ({
  count: (at % 5) + 1,
  ...(at % 2 === 0 ? { path: '/dcim/' } : {}),
});
const FAULTS: Record<string, Doing> = {
  down: ({ site }, at) => site.fake.faults.set({ down: befall(at) }),
  slow: ({ site }, at) => site.fake.faults.set({ slow: { ...befall(at), ms: at % 500 } }),
  refuse: ({ site }, at) => site.fake.faults.set({ refuse: { ...befall(at), status: pick([500, 502, 503, 429], at) } }),
  notJson: ({ site }, at) => site.fake.faults.set({ notJson: befall(at) }),
  cutPage: ({ site }, at) => site.fake.faults.set({ cutPage: befall(at) }),
  maxPageSize: ({ site }, at) => site.fake.faults.set({ maxPageSize: (at % 5) + 1 }),
  clear: ({ site }) => site.fake.faults.clear(),
};

/** What happens to what is ours. */
const OURS: Record<string, Doing> = {
  stopWorker: async (world) => {
    if (world.isWorking) await world.site.stopWorker();
    world.isWorking = false;
  },
  startWorker: (world) => startWorker(world),
  /** As a database does that is restarted. */
  dropConnections: ({ site }) =>
    site.knex.raw(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    ),
  addPlatform: ({ site }, at) =>
    site.api.post(
      '/api/devices/platforms/',
      pick(
        [
          { name: 'Nokia', slug: 'nokia-sr-os' },
          { name: 'XR', slug: 'cisco-ios-xr' },
        ],
        at,
      ),
    ),
};

/** Changes of which NetBox does not tell, and what it hides for a while. */
const UNTOLD: Record<string, Doing> = {
  silent: ({ site: { fake } }, at) => one(fake, at).map((id) => fake.state.updateSilently(id, changed(at))),
  silentDelete: ({ site: { fake } }, at) => one(fake, at).forEach((id) => fake.state.deleteSilently(id)),
  hide: ({ site: { fake } }, at) => fake.faults.set({ hide: { ids: some(fake, at) } }),
  hideChangeLog: ({ site }, at) => site.fake.faults.set({ hideChangeLog: befall(at * 2 + 1) }),
  emptyList: ({ site }, at) => site.fake.faults.set({ emptyList: { count: (at % 3) + 1 } }),
  expire: ({ site }) => site.fake.state.changes.expire(),
};

/** Changes that no device shows in its `last_updated`: a plan from before them is not known to be out of date. */
const TREE: Record<string, Doing> = {
  moveRole: ({ site: { fake } }, at) => fake.state.moveRole((at % 4) + 2, pick([null, 1, 3], Math.floor(at / 4))),
  renamePlatform: ({ site: { fake } }, at) => {
    const platform = pick([...fake.state.platforms.values()], at);
    fake.state.renamePlatform(platform.id, platform.name, `${platform.slug}-x`);
  },
};

export async function startWorker(world: World): Promise<void> {
  if (!world.isWorking) await world.site.startWorker();
  world.isWorking = true;
}

/** A reconciliation, which others may go on beside. */
async function beside(world: World, at: number, body: object): Promise<void> {
  await startWorker(world);
  const asked = reconcile(world.site, body).then(({ status, body: job }) => {
    if (status === 200 && !('plan' in body)) world.plan = { id: job.id, ...job.result };
  });
  world.beside.push(asked);
  if (at % 3 > 0) await asked;
}

const PLANS: Record<string, Doing> = {
  plan: (world, at) => beside(world, at, {}),
  planSome: (world, at) => {
    const device_ids = some(world.site.fake, at);
    return device_ids.length > 0 && beside(world, at, { device_ids, dry_run: at % 2 === 0 });
  },
  apply: async (world, at) => {
    if (world.plan === undefined) return;
    const { id: plan, checksum } = world.plan;
    await beside(world, at, { plan, checksum, strict: at % 4 === 0 });
  },
};

const STEPS = {
  told: TOLD,
  webhooks: WEBHOOKS,
  faults: FAULTS,
  ours: OURS,
  untold: UNTOLD,
  tree: TREE,
  plans: PLANS,
  people: PEOPLE,
};

export type Kind = keyof typeof STEPS;

const KINDS = Object.keys(STEPS) as Kind[];

export const NAMES_OF_STEPS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  KINDS.map((kind) => [kind, Object.keys(STEPS[kind])]),
);

/** Does a step. What NetBox refuses to do, it does not do. */
export async function doStep(
  world: World,
  {
    kind,
    name,
    at,
    waitMs,
  }: { readonly kind: Kind; readonly name: string; readonly at: number; readonly waitMs: number },
): Promise<void> {
  try {
    await STEPS[kind][name]!(world, at);
  } catch (error) {
    const isRefusal =
      error instanceof Error && /Related object not found|cannot be below|there is nothing/.test(error.message);
    if (!isRefusal) throw error;
  }
  await sleep(waitMs);
}
