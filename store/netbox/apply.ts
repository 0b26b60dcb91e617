import type { Knex } from 'knex';
import type { Converged } from './converge';
import type { Changes } from './changes';
import type { Finding } from './decide';

/** An entry of a plan, with what it was made of. */
export interface PlannedEntry {
  readonly netbox_device_id: number;
  readonly kind: 'create' | 'update' | 'delete' | 'skip';
  readonly changes: Changes;
  readonly finding: Finding;
  readonly reading: number;
  readonly read_at: string;
}

const COLUMNS = ['netbox_device_id', 'kind', 'changes', 'finding', 'reading', 'read_at'] as const;

type EntryRow = PlannedEntry & { readonly plan: string; readonly outcome: string | null };

/** The next entries of a plan that nothing has come of yet, in the order of the devices. */
export async function openEntries(knex: Knex, plan: string, most: number): Promise<PlannedEntry[]> {
  return knex<EntryRow>('netbox_plan_entry')
    .where({ plan, outcome: null })
    .orderBy('netbox_device_id')
    .limit(most)
    .select(...COLUMNS);
}

/** The next entries of a plan after a device, in the order of the devices. */
export async function entriesAfter(knex: Knex, plan: string, after: number, most: number): Promise<PlannedEntry[]> {
  return knex<EntryRow>('netbox_plan_entry')
    .where({ plan, outcome: null })
    .andWhere('netbox_device_id', '>', after)
    .orderBy('netbox_device_id')
    .limit(most)
    .select(...COLUMNS);
}

/** Keeps what came of an entry. */
export async function settleEntry(
  knex: Knex,
  plan: string,
  deviceId: number,
  outcome: Converged['outcome'],
): Promise<void> {
  await knex('netbox_plan_entry').where({ plan, netbox_device_id: deviceId }).update({ outcome });
}

/** A plan begins to be applied. */
export async function markApplied(knex: Knex, job_id: string, now: Date): Promise<void> {
  await knex('netbox_plan').where({ job_id, applied_at: null }).update({ applied_at: now.toISOString() });
}

/** Whether a plan of all devices has ever been applied. */
export async function wasApplied(knex: Knex): Promise<boolean> {
  const plan = knex<{ job_id: string }>('netbox_plan').whereNull('device_ids').whereNotNull('applied_at');
  return (await plan.first('job_id')) !== undefined;
}
