import { setTimeout as sleep } from 'node:timers/promises';
import { forwardHints } from '../../api/temporal/netbox';
import { createLogger } from '../../config/log';
import { NETBOX_FOLLOW_WORKFLOW_ID } from '../../workflows/netbox/messages';
import { followOptions, NETBOX_FOLLOW_WORKFLOW } from '../../workflows/netbox/start';
import { testTemporal } from './api';
import { differences } from './netbox-model';
import { auditErrors } from './netbox-model-audit';
import type { Step } from './netbox-random';
import { createNetboxSite, type NetboxSite } from './netbox-site';
import { doStep, startWorker, type World } from './netbox-steps';
import { applyPlan, idsOf, planOf, ROUTER } from './netbox-steps-plan';
import { until } from './processes';

/** Plays sequences of steps, and says what is wrong after the last. */

const OWN_PLATFORMS = ['arista-eos', 'cisco-ios', 'cisco-iosxr', 'cisco-nxos', 'juniper-junos'];
const TABLES = [
  ...['devices_adoption', 'devices_exclusion', 'devices_router', 'devices_router_audit', 'netbox_device'],
  ...['netbox_hint', 'netbox_request', 'netbox_change', 'netbox_hold', 'netbox_plan_entry', 'netbox_plan'],
];

/** How long a deleted router can be restored: long enough for a step or two, short enough to be waited for. */
const GRACE_MS = 1_000;

/** A site for many sequences. Hints that Temporal could not take are passed on, as the API does. */
export async function createModelSite(): Promise<NetboxSite> {
  const rules = { tags: ['peering', 'core'], statuses: { active: 'enabled', staged: 'maintenance' } } as const;
  const policy = { rules: { ...rules, customFields: ['local_asn'] } };
  const site = await createNetboxSite({ devices: 0, graceMs: GRACE_MS, policy });
  const [temporal, stop] = [testTemporal(), new AbortController()];
  const log = createLogger({ LOG_LEVEL: 'silent', LOG_LEVELS: {} });
  const forwarding = forwardHints({ knex: site.knex, temporal, log }, stop.signal);
  const close = async (): Promise<void> => {
    stop.abort();
    await forwarding;
    await temporal.close();
    await site.close();
  };
  return { ...site, close };
}

/** Makes a site as it was at first; NetBox's ids go on. */
async function empty({ fake, knex, temporal }: NetboxSite): Promise<void> {
  const { state } = fake;
  await temporal.client.workflow
    .getHandle(NETBOX_FOLLOW_WORKFLOW_ID)
    .terminate('the next sequence begins')
    .catch(() => undefined);
  for (const id of [...state.devices.keys()]) state.deleteSilently(id);
  for (const id of [2, 3, 6]) state.moveRole(id, null);
  for (const id of [4, 5]) state.moveRole(id, 1);
  for (const { id } of [...state.platforms.values()]) state.deletePlatform(id);
  for (const name of ['Juniper Junos', 'Cisco IOS-XR', 'Arista EOS', 'Nokia SR OS']) state.createPlatform(name);
  state.changes.commitLate();
  // A look that was under way.
  await sleep(300);
  for (const table of TABLES) await knex(table).delete();
  await knex('devices_platform').whereNotIn('slug', OWN_PLATFORMS).delete();
  await knex('netbox_follow').update({ cursor: null, followed_at: null, missed: 0 });
  state.changes.expire();
}

const followedAt = async ({ knex }: NetboxSite): Promise<unknown> => (await knex('netbox_follow').first())?.followed_at;

/** Waits until the change log was looked at so many times more. */
async function looks(site: NetboxSite, times: number): Promise<void> {
  for (let seen = 0, last = await followedAt(site); seen < times;) {
    const before = last;
    await until(async () => (last = await followedAt(site)) !== before, 30_000);
    seen += 1;
  }
}

async function follow(site: NetboxSite): Promise<void> {
  const started = looks(site, 1);
  await site.temporal.client.workflow.start(NETBOX_FOLLOW_WORKFLOW, followOptions({ interval_seconds: 0.2 }));
  await started;
}

/** Ends what is wrong with NetBox and its webhooks, and waits until there is nothing more to do. */
async function calm(world: World, isFollowed: boolean): Promise<void> {
  const { site } = world;
  site.fake.faults.clear();
  site.fake.webhooks.reset();
  site.fake.state.changes.commitLate();
  await startWorker(world);
  await Promise.all(world.beside);
  if (isFollowed) await looks(site, 2);
  await site.settled();
}

/** Plans and applies until nothing is left to do; what is left all the same. */
async function reconcileAll(site: NetboxSite): Promise<string[]> {
  for (let times = 0; times < 2; times += 1) {
    const { stale } = await applyPlan(site, await planOf(site));
    await site.settled();
    if (stale.length === 0) break;
  }
  const last = idsOf(await planOf(site));
  return Object.entries(last).flatMap(([kind, ids]) =>
    ids.length === 0 ? [] : [`left to ${kind}: ${ids.join(', ')}`],
  );
}

/** Applies the plan that was made on the way, which must not undo what came after it. */
async function applyOldPlan({ site, plan }: World, steps: readonly Step[]): Promise<void> {
  if (plan === undefined || steps.some(({ kind }) => kind === 'tree')) return;
  await applyPlan(site, plan);
  await site.settled();
}

/** Deleted routers go by themselves when their time is over. */
async function removed({ knex }: NetboxSite): Promise<void> {
  const left = async (): Promise<number> => (await knex('devices_router').where({ state: 'deleted' })).length;
  await until(async () => (await left()) === 0, 15_000).catch(() => undefined);
}

export interface Sequence {
  readonly steps: readonly Step[];
  readonly isFollowed: boolean;
  /** Whether there is a reconciliation at the end. */
  readonly isReconciled: boolean;
}

/** Plays a sequence on a site that is emptied before; what is wrong at its end: nothing, if all is well. */
export async function play(site: NetboxSite, { steps, isFollowed, isReconciled }: Sequence): Promise<string[]> {
  await empty(site);
  if (isFollowed) await follow(site);
  const world: World = { site, plan: undefined, isWorking: true, beside: [] };
  site.fake.state.bulkCreate([1, 2, 3, 4, 5].map((n) => ({ ...ROUTER, tags: ['core'], name: `first-${n}` })));
  for (const step of steps) await doStep(world, step);
  await calm(world, isFollowed);
  const left = isReconciled ? await reconcileAll(site) : [];
  if (isReconciled) await applyOldPlan(world, steps);
  await removed(site);
  return [...left, ...(await differences(site)), ...(await auditErrors(site))];
}
