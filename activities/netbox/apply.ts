import { z } from 'zod';
import { entriesAfter, markApplied, openEntries, settleEntry, type PlannedEntry } from '../../store/netbox/apply';
import { converge, tryConverge, type Converged, type Convergence } from '../../store/netbox/converge';
import { inLanes } from '../shared/lanes';
import type { Work } from './compare';
import { badAnswer, stalePlan } from './errors';
import { readByIds } from './listing';

/** Entries that are applied before NetBox is asked again: as many ids as fit into an address. */
const AT_ONCE = 100;
/** Transactions at once: they mostly wait for each other's answers. */
const LANES = 4;

/** What applying works with. */
export interface Applying extends Work {
  /** Told that it goes on. */
  readonly beat: () => void;
}

const VERSION_QUERY = 'fields=id,last_updated&exclude=config_context';
const versionsSchema = z.array(z.looseObject({ id: z.int(), last_updated: z.string().nullish() }));

/** The devices that are in NetBox as they were when they were compared. */
async function unmoved({ client, signal }: Applying, entries: readonly PlannedEntry[]): Promise<ReadonlySet<number>> {
  const ids = entries.map(({ netbox_device_id }) => netbox_device_id);
  const versions = versionsSchema.safeParse(await readByIds(client, { ids, query: VERSION_QUERY }, signal));
  if (!versions.success) throw badAnswer('NetBox answers with a list of devices that is none', versions.error);
  const now = new Map(versions.data.map(({ id, last_updated }) => [id, last_updated ?? null]));
  const isAsItWas = ({ netbox_device_id: id, finding }: PlannedEntry): boolean =>
    finding.found === 'device' ? now.has(id) && now.get(id) === finding.device.last_updated : !now.has(id);
  return new Set(entries.filter(isAsItWas).map(({ netbox_device_id }) => netbox_device_id));
}

const convergenceOf = ({ netbox_device_id, finding, changes, reading, read_at }: PlannedEntry): Convergence => ({
  ...{ deviceId: netbox_device_id, finding, planned: changes, reading: { number: reading, at: read_at } },
  cause: { layer: 'reconciliation' },
});

const isStale = ({ outcome }: Converged): boolean => outcome === 'stale' || outcome === 'superseded';

/** Throws when any entry of a plan is not what would be done now. */
async function refuseStale(applying: Applying, plan: string): Promise<void> {
  const { knex, policy, clock } = applying.deps;
  const stale: number[] = [];
  for (let after = 0; ;) {
    const entries = await entriesAfter(knex, plan, after, AT_ONCE);
    const last = entries.at(-1);
    if (last === undefined) break;
    after = last.netbox_device_id;
    const good = await unmoved(applying, entries);
    for (const entry of entries) {
      const would = await tryConverge(knex, convergenceOf(entry), policy, clock());
      if (!good.has(entry.netbox_device_id) || isStale(would)) stale.push(entry.netbox_device_id);
      applying.beat();
    }
  }
  if (stale.length === 0) return;
  throw stalePlan(
    `nothing was applied: ${stale.length} entries moved since they were planned: ${stale.slice(0, 20).join(', ')}`,
  );
}

async function applyEntry({ deps, beat }: Applying, entry: PlannedEntry): Promise<Converged> {
  const { knex, policy, clock, workflows } = deps;
  const converged = await converge(knex, convergenceOf(entry), policy, clock());
  // Its workflow sleeps until the router is to be removed.
  if (converged.check_at !== undefined) await workflows.hint(entry.netbox_device_id, { layer: 'reconciliation' });
  if (converged.outcome === 'held') await workflows.startGuard();
  beat();
  return converged;
}

/** What the guard may count: done one after the other, so that the first ones of a plan are those that it lets pass. */
const mayBeCounted = ({ kind, changes }: PlannedEntry): boolean =>
  kind === 'delete' || changes['status']?.to === 'disabled';

/** Applies the entries of a plan, each in a transaction of its own and only if it is still what would be done. */
export async function applyPlan(
  applying: Applying,
  { plan, strict }: { readonly plan: string; readonly strict: boolean },
): Promise<void> {
  const { knex, clock } = applying.deps;
  if (strict) await refuseStale(applying, plan);
  await markApplied(knex, plan, clock());
  for (;;) {
    const entries = await openEntries(knex, plan, AT_ONCE);
    if (entries.length === 0) return;
    const good = await unmoved(applying, entries);
    const apply = async (entry: PlannedEntry): Promise<void> => {
      const { outcome } = good.has(entry.netbox_device_id)
        ? await applyEntry(applying, entry)
        : ({ outcome: 'stale' } as const);
      await settleEntry(knex, plan, entry.netbox_device_id, outcome);
    };
    const counted = entries.filter(mayBeCounted);
    await inLanes(1, counted, apply);
    await inLanes(
      LANES,
      entries.filter((entry) => !counted.includes(entry)),
      apply,
    );
  }
}
