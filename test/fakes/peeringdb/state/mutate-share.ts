import { OBJECT_TAGS, type ObjectTag } from '../../../../store/peeringdb/objects';
import type { FakeClock } from '../clock';
import { PROSE, SPEEDS } from '../generate/words';
import type { Rng } from '../rng';
import type { Row, Store } from '../store';
import { childrenOf, drawLive } from './tables';

/** How many rows were touched; deletions count what they took with them. */
export interface Touched {
  updated: number;
  created: number;
  deleted: number;
}

interface Actions {
  create(tag: ObjectTag, fields?: Row, rng?: Rng): number;
  update(tag: ObjectTag, id: number, fields: Row): void;
  delete(tag: ObjectTag, id: number): number;
}

const CREATED = 0.06;
const DELETED = 0.04;
/** Types of which a deletion takes little with it. */
const DELETABLE: ReadonlySet<ObjectTag> = new Set(['org', 'net', 'ixfac', 'carrierfac', 'netfac', 'netixlan', 'poc']);
const CREATABLE: ReadonlySet<ObjectTag> = new Set(['fac', ...DELETABLE]);
/** Over how many seconds of the clock the changes are spread. */
const SECONDS = 300;

/** Changes a share of the live rows: nine in ten are updates. The clock moves while that happens. */
export function mutateShare(store: Store, clock: FakeClock, actions: Actions, rng: Rng, share: number): Touched {
  const touched: Touched = { updated: 0, created: 0, deleted: 0 };
  const plan = OBJECT_TAGS.flatMap((tag) => {
    const live = store[tag].entries.filter(({ status }) => status === 'ok').length;
    return Array<ObjectTag>(Math.floor(live * share + rng.next())).fill(tag);
  });
  const perSecond = Math.max(1, Math.ceil(plan.length / SECONDS));
  const met = new Set<string>();
  for (const [index, tag] of plan.entries()) {
    if (index % perSecond === 0) clock.advance(1000);
    const kind = rng.next();
    if (kind < CREATED && CREATABLE.has(tag)) {
      actions.create(tag, {}, rng);
      touched.created += 1;
    } else if (kind > 1 - DELETED && DELETABLE.has(tag)) touched.deleted += deleteOne(store, actions, tag, rng);
    else if (updateOne(store, actions, tag, rng, met)) touched.updated += 1;
  }
  return touched;
}

/** PeeringDB lets nobody delete an organization that still owns something. */
function deleteOne(store: Store, actions: Actions, tag: ObjectTag, rng: Rng): number {
  for (let tries = 0; tries < 50; tries += 1) {
    const { id } = drawLive(store, tag, rng);
    if (tag !== 'org' || childrenOf(store, 'org', id).length === 0) return actions.delete(tag, id);
  }
  return 0;
}

function updateOne(store: Store, actions: Actions, tag: ObjectTag, rng: Rng, met: Set<string>): boolean {
  for (let tries = 0; tries < 50; tries += 1) {
    const { id } = drawLive(store, tag, rng);
    if (met.has(`${tag} ${id}`)) continue;
    met.add(`${tag} ${id}`);
    actions.update(tag, id, change(tag, rng));
    return true;
  }
  return false;
}

/** A change such as people make every day. */
function change(tag: ObjectTag, rng: Rng): Row {
  const note = `${rng.pick(PROSE)} ${rng.pick(PROSE)} ${rng.int(1_000_000)}`;
  if (tag === 'netixlan') return { speed: rng.pick(SPEEDS), is_rs_peer: rng.chance(0.5), notes: note };
  if (tag === 'poc') return { name: note, role: rng.pick(['NOC', 'Abuse', 'Policy']) };
  if (tag === 'ixlan') return { descr: note };
  if (tag === 'ixpfx') return { in_dfz: rng.chance(0.5) };
  if (tag === 'netfac' || tag === 'ixfac') return { name: `Facility ${note}`, city: rng.pick(PROSE) };
  if (tag === 'carrierfac') return { name: `Facility ${note}` };
  return { notes: note };
}
