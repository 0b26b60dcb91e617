import type { Knex } from 'knex';
import { proposalsFor } from '../devices/adoptions';
import { platformIds, routersOfDevices, type Router } from '../devices/routers';
import { toJsonb } from '../json';
import type { ConvergePolicy } from './converge';
import type { Changes } from './changes';
import { decide, type Action, type Decision, type Finding } from './decide';
import { drawReading, rememberDevices, type Reading, type SeenDevice } from './readings';

/** Plans of reconciliations: what would be done, entry by entry, kept until somebody applies it. */

/** A plan as it begins. */
export interface Plan {
  readonly job_id: string;
  /** The devices that were asked for; null: all. */
  readonly device_ids: readonly number[] | null;
  /** What was read since has a higher number. */
  readonly reading: number;
  readonly checksum: string | null;
}

/** What is found out about a device. */
export interface Found {
  readonly deviceId: number;
  readonly finding: Finding;
}

interface Entry {
  readonly netbox_device_id: number;
  readonly kind: 'create' | 'update' | 'delete' | 'skip';
  readonly name: string;
  readonly router: number | null;
  readonly changes: Changes;
  readonly reason: string | null;
  readonly finding: Finding;
}

const KINDS: Readonly<Record<Action, Entry['kind']>> = {
  created: 'create',
  updated: 'update',
  disabled: 'update',
  restored: 'update',
  deleted: 'delete',
  removed: 'delete',
};

/** Begins a plan, or finds it begun. */
export async function openPlan(
  knex: Knex,
  { job_id, device_ids }: Pick<Plan, 'job_id' | 'device_ids'>,
  now: Date,
): Promise<void> {
  const { number } = await drawReading(knex);
  await knex('netbox_plan')
    .insert({
      ...{ job_id, created: now.toISOString(), reading: number },
      device_ids: device_ids === null ? null : toJsonb(device_ids),
    })
    .onConflict('job_id')
    .ignore();
}

/** A plan; nothing when there is none of this job. */
export async function findPlan(knex: Knex, job_id: string): Promise<Plan | undefined> {
  return knex<Plan>('netbox_plan').where({ job_id }).first('job_id', 'device_ids', 'reading', 'checksum');
}

function entryOf({ deviceId, finding }: Found, router: Router | undefined, decision: Decision): Entry {
  const name = decision.values.name ?? router?.name ?? '';
  const { action, changes } = decision;
  return {
    ...{ netbox_device_id: deviceId, kind: KINDS[action], name, router: router?.id ?? null },
    ...{ changes, reason: null, finding },
  };
}

/** Devices that get no router: those whose router was deleted here, and those that may have one already. */
async function skipped(knex: Knex, entries: readonly Entry[]): Promise<ReadonlyMap<number, string>> {
  const created = entries.filter(({ kind }) => kind === 'create');
  const reasons = new Map<number, string>();
  if (created.length === 0) return reasons;
  const likenesses = created.flatMap(({ netbox_device_id, name, finding }) =>
    finding.found === 'device'
      ? [
          {
            ...{ netbox_device_id, name },
            primary_ip4: finding.device.primary_ip4,
            primary_ip6: finding.device.primary_ip6,
          },
        ]
      : [],
  );
  for (const { netbox_device_id, router, reason } of await proposalsFor(knex, likenesses))
    reasons.set(netbox_device_id, `router ${router} may be this device: ${reason}`);
  const excluded = await knex<{ netbox_device_id: number }>('devices_exclusion').whereIn(
    'netbox_device_id',
    created.map(({ netbox_device_id }) => netbox_device_id),
  );
  for (const { netbox_device_id } of excluded) reasons.set(netbox_device_id, 'its router was deleted here on purpose');
  return reasons;
}

async function keep(knex: Knex, plan: string, { number, at }: Reading, entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return;
  const reasons = await skipped(knex, entries);
  await knex('netbox_plan_entry')
    .insert(
      entries.map(({ changes, finding, ...entry }) => {
        const reason = reasons.get(entry.netbox_device_id) ?? null;
        return {
          ...{ ...entry, plan, kind: reason === null ? entry.kind : 'skip', reason },
          ...{ changes: toJsonb(changes), finding: toJsonb(finding), reading: number, read_at: at },
        };
      }),
    )
    .onConflict(['plan', 'netbox_device_id'])
    .merge();
}

/** Compares what a reading found out with the routers, and keeps what would be done. */
export async function compareFound(
  knex: Knex,
  job_id: string,
  reading: Reading,
  found: readonly Found[],
  { rules, graceMs }: ConvergePolicy,
  now: Date,
): Promise<void> {
  const ids = found.map(({ deviceId }) => deviceId);
  const routers = new Map((await routersOfDevices(knex, ids)).map((router) => [router.netbox_device_id, router]));
  const platforms = await platformIds(knex);
  const used = await usedRouters(
    knex,
    [...routers.values()].map(({ id }) => id),
  );
  const entries = found.flatMap((one) => {
    const router = routers.get(one.deviceId);
    const isUsed = router !== undefined && used.has(router.id);
    const decision = decide(router, one.finding, { rules, platforms, now, graceMs, isUsed });
    return decision === undefined ? [] : [entryOf(one, router, decision)];
  });
  await keep(knex, job_id, reading, entries);
}

/** Compares a page of devices, which is remembered too. */
export async function comparePage(
  knex: Knex,
  job_id: string,
  reading: Reading,
  seen: readonly SeenDevice[],
  policy: ConvergePolicy,
  now: Date,
): Promise<void> {
  await rememberDevices(knex, reading, seen);
  const found = seen.map((one): Found => ({ deviceId: one.device.id, finding: { found: 'device', ...one } }));
  await compareFound(knex, job_id, reading, found, policy, now);
}

async function usedRouters(knex: Knex, ids: readonly number[]): Promise<ReadonlySet<number>> {
  const rows = await knex<{ router: number }>('net_connection').whereIn('router', ids).distinct('router');
  return new Set(rows.map(({ router }) => router));
}

/** Whether a plan `p` concerns the device of a router `r`. */
export const IS_ASKED = `(p.device_ids IS NULL OR jsonb_exists(
  (SELECT jsonb_agg(e::text) FROM jsonb_array_elements(p.device_ids) e), r.netbox_device_id::text))`;

const ABSENT = `
  SELECT r.netbox_device_id AS id FROM netbox_plan p
  JOIN devices_router r ON r.netbox_device_id IS NOT NULL AND r.state NOT IN ('deleted', 'deleted_in_netbox')
  LEFT JOIN netbox_device d ON d.id = r.netbox_device_id
  WHERE p.job_id = :job_id AND ${IS_ASKED} AND (d.reading IS NULL OR d.reading <= p.reading)
    AND r.netbox_device_id > :after
  ORDER BY r.netbox_device_id LIMIT :most`;

/** Devices with routers that the listing of a plan did not show, in the order of their ids. */
export async function absentDevices(knex: Knex, job_id: string, after: number, most: number): Promise<number[]> {
  const { rows } = await knex.raw<{ rows: { id: number }[] }>(ABSENT, { job_id, after, most });
  return rows.map(({ id }) => id);
}

const CLOSE = `
  UPDATE netbox_plan SET checksum = (
    SELECT encode(sha256(convert_to(coalesce(string_agg(concat_ws('|', netbox_device_id, kind, router, changes::text),
      E'\\n' ORDER BY netbox_device_id), ''), 'UTF8')), 'hex')
    FROM netbox_plan_entry e WHERE e.plan = netbox_plan.job_id)
  WHERE job_id = ? AND checksum IS NULL`;

/** The plan is whole: it gets its checksum. */
export async function closePlan(knex: Knex, job_id: string): Promise<void> {
  await knex.raw(CLOSE, [job_id]);
}
