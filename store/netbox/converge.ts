import { isDeepStrictEqual } from 'node:util';
import type { Knex } from 'knex';
import type { Config } from '../../config/schema';
import type { ChangeGuard } from '../../config/values';
import { proposeAdoption } from '../devices/adoptions';
import { lockRouterOf, platformIds, type Router } from '../devices/routers';
import { audit, type Cause } from './audit';
import type { Changes } from './changes';
import { decide, type Action, type Decision, type Finding } from './decide';
import type { NetboxRules } from './device';
import { askGuard, holdBack, letGo, type Verdict } from './guard';
import { lockDevice } from './lock';
import { isNewest, rememberAbsence, rememberDevices, type Reading } from './readings';
import { insertRouter, updateRouter } from './write';

/** What was found out about one device, by which reading, and why it was looked at. */
export interface Convergence {
  readonly deviceId: number;
  readonly finding: Finding;
  readonly reading: Reading;
  readonly cause: Cause;
  /** What was to be changed when it was planned: if something else would be, it is left alone. */
  readonly planned?: Changes;
}

/** What the operator wants. */
export interface ConvergePolicy {
  readonly rules: NetboxRules;
  readonly guard: ChangeGuard;
  /** How long a deleted router can be restored, in milliseconds. */
  readonly graceMs: number;
}

/** What the operator's settings say of converging. */
export const policyOf = (config: Config): ConvergePolicy => ({
  rules: {
    roles: config.NETBOX_DEVICE_ROLES,
    tags: config.NETBOX_TAGS,
    statuses: config.NETBOX_STATUSES,
    owners: config.NETBOX_FIELDS,
    customFields: config.NETBOX_CUSTOM_FIELDS,
  },
  guard: config.NETBOX_CHANGE_GUARD,
  graceMs: config.NETBOX_DELETE_GRACE,
});

/**
 * What came of it. `superseded`: a newer reading was there already. `stale`: it is not what was planned. `held`: the guard holds it back. `excluded`: its
 * router was deleted here on purpose. `proposed`: a router that is here already may be the device.
 */
export interface Converged {
  readonly outcome: Action | 'unchanged' | 'superseded' | 'stale' | 'held' | 'excluded' | 'proposed';
  /** When the router has to be looked at again by itself (ISO 8601): a deleted one is kept for a while. */
  readonly check_at?: string;
}

/** What the guard counts. */
const COUNTED: readonly Action[] = ['disabled', 'deleted'];

async function remember(trx: Knex.Transaction, { deviceId, finding, reading }: Convergence): Promise<void> {
  if (finding.found === 'device') await rememberDevices(trx, reading, [finding]);
  else await rememberAbsence(trx, reading, deviceId);
}

async function isUsed(trx: Knex.Transaction, router: Router | undefined): Promise<boolean> {
  if (!router) return false;
  return (await trx('net_connection').where({ router: router.id }).first('id')) !== undefined;
}

async function whyNotCreated(
  trx: Knex.Transaction,
  { deviceId }: Convergence,
  { values }: Decision,
  now: Date,
): Promise<'excluded' | 'proposed' | undefined> {
  if (await trx('devices_exclusion').where({ netbox_device_id: deviceId }).first('netbox_device_id')) return 'excluded';
  const { name = '', primary_ip4 = null, primary_ip6 = null } = values;
  const likeness = { netbox_device_id: deviceId, name, primary_ip4, primary_ip6 };
  return (await proposeAdoption(trx, likeness, now)) ? 'proposed' : undefined;
}

async function write(
  trx: Knex.Transaction,
  { deviceId, cause }: Convergence,
  router: Router | undefined,
  { action, values, changes }: Decision,
  now: Date,
  confirmed: boolean,
): Promise<void> {
  if (router === undefined) {
    const id = await insertRouter(trx, deviceId, values, now);
    await audit(trx, [{ router: id, netbox_device_id: deviceId, action, changes }], cause, now);
    return;
  }
  if (action === 'removed') await trx('devices_router').where({ id: router.id }).delete();
  else await updateRouter(trx, router.id, values, now);
  await audit(trx, [{ router: router.id, netbox_device_id: deviceId, action, changes, confirmed }], cause, now);
}

/** A deleted router is looked at again when its time is over; one that is still used, once in as long a time. */
function checkAt(
  router: Router | undefined,
  decision: Decision | undefined,
  now: Date,
  graceMs: number,
): Pick<Converged, 'check_at'> {
  const { state, delete_after = null } = { ...router, ...decision?.values };
  if (decision?.action === 'removed') return {};
  if (state === 'deleted_in_netbox') return { check_at: new Date(now.getTime() + graceMs).toISOString() };
  return state === 'deleted' && delete_after !== null ? { check_at: delete_after } : {};
}

async function convergeIn(
  trx: Knex.Transaction,
  convergence: Convergence,
  { rules, guard, graceMs }: ConvergePolicy,
  now: Date,
): Promise<Converged> {
  const { deviceId, finding, reading, cause, planned } = convergence;
  await lockDevice(trx, deviceId);
  await remember(trx, convergence);
  const router = await lockRouterOf(trx, deviceId);
  const platforms = await platformIds(trx);
  const circumstances = { rules, platforms, now, graceMs, isUsed: await isUsed(trx, router) };
  const decision = decide(router, finding, circumstances);
  // What is left as it is may be a router that was deleted by an attempt whose end nobody heard of.
  const asItIs = checkAt(router, undefined, now, graceMs);
  if (planned !== undefined && !isDeepStrictEqual(decision?.changes ?? {}, planned))
    return { outcome: 'stale', ...asItIs };
  if (!(await isNewest(trx, reading, deviceId))) return { outcome: 'superseded', ...asItIs };
  const later = checkAt(router, decision, now, graceMs);
  if (decision === undefined) {
    await letGo(trx, deviceId);
    return { outcome: 'unchanged', ...later };
  }
  const { action } = decision;
  if (action === 'created') {
    const why = await whyNotCreated(trx, convergence, decision, now);
    if (why !== undefined) return { outcome: why };
  }
  const guarded: Verdict = COUNTED.includes(action)
    ? await askGuard(trx, deviceId, guard, now)
    : { verdict: 'allowed' };
  if (router !== undefined && guarded.verdict === 'held') {
    const { layer, request_id = null, username = null } = cause;
    const hold = { netbox_device_id: deviceId, router: router.id, action, layer, request_id, username };
    await holdBack(trx, hold, now);
    return { outcome: 'held' };
  }
  const confirmed = guarded.verdict === 'confirmed';
  await write(
    trx,
    { ...convergence, ...(confirmed ? { cause: guarded.cause } : {}) },
    router,
    decision,
    now,
    confirmed,
  );
  await letGo(trx, deviceId);
  return { outcome: action, ...later };
}

/**
 * Makes the router of a device what the finding says it is, in one transaction: however often, in whatever order and by
 * whichever layer it is asked for, the newest reading decides.
 */
export const converge = (knex: Knex, convergence: Convergence, policy: ConvergePolicy, now: Date): Promise<Converged> =>
  knex.transaction((trx) => convergeIn(trx, convergence, policy, now));

/** What {@link converge} would come to; nothing is changed. */
export async function tryConverge(
  knex: Knex,
  convergence: Convergence,
  policy: ConvergePolicy,
  now: Date,
): Promise<Converged> {
  const trx = await knex.transaction();
  try {
    return await convergeIn(trx, convergence, policy, now);
  } finally {
    await trx.rollback();
  }
}
