import fc from 'fast-check';
import { OBJECT_TAGS, type ObjectTag } from '../../store/peeringdb/objects';
import type { SyncMode } from '../../workflows/peeringdb/messages';
import type { Fault } from '../fakes/peeringdb/faults';
import type { FakePeeringdb } from '../fakes/peeringdb/server';
import { breakagesOf } from '../fakes/peeringdb/state/bad-rows';
import type { Row } from '../fakes/peeringdb/store';

/** One thing that happens; `at` picks the row. */
export type Step =
  | ChangeStep
  | { readonly step: 'refresh'; readonly tags: readonly ObjectTag[] }
  | { readonly step: 'wait'; readonly seconds: number }
  | { readonly step: 'fault'; readonly tag: ObjectTag; readonly kind: 'list' | 'since'; readonly fault: Fault }
  | { readonly step: 'synchronise'; readonly mode: SyncMode | 'scheduled'; readonly confirm: boolean };

/** A change upstream. */
export interface ChangeStep {
  readonly step: 'change';
  readonly kind: Change;
  readonly tag: ObjectTag;
  readonly at: number;
}

const CHANGES = [
  'create',
  'update',
  'silent',
  'delete',
  'undelete',
  'hardDelete',
  'pend',
  'swapAddresses',
  'recreateNetwork',
  'corrupt',
  'repair',
  'orphan',
] as const;
type Change = (typeof CHANGES)[number];

const FAULTS: readonly Fault[] = [
  { kind: 'throttled', retryAfter: 30 },
  { kind: 'throttled', retryAfter: null },
  { kind: 'unauthorized' },
  { kind: 'firewall' },
  { kind: 'status', status: 503 },
  { kind: 'reset' },
  { kind: 'reset-in-body' },
  { kind: 'truncated-json' },
  { kind: 'truncated-gzip' },
  { kind: 'missing-rows', share: 0 },
  { kind: 'missing-rows', share: 0.6 },
  { kind: 'duplicate-rows' },
  { kind: 'garbled' },
  { kind: 'html' },
  { kind: 'meta-error', error: 'out of order' },
];

const tag = fc.constantFrom(...OBJECT_TAGS);
const at = fc.nat({ max: 10_000 });

/** Any step; changes and synchronisations are the most frequent. */
export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: fc.record({ step: fc.constant('change'), kind: fc.constantFrom(...CHANGES), tag, at }) },
  {
    weight: 2,
    arbitrary: fc.record({
      step: fc.constant('refresh'),
      tags: fc.oneof(fc.constant([...OBJECT_TAGS]), fc.subarray([...OBJECT_TAGS])),
    }),
  },
  { weight: 2, arbitrary: fc.record({ step: fc.constant('wait'), seconds: fc.integer({ min: 1, max: 10_000 }) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      step: fc.constant('fault'),
      tag,
      kind: fc.constantFrom('list', 'since'),
      fault: fc.constantFrom(...FAULTS),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      step: fc.constant('synchronise'),
      mode: fc.constantFrom('incremental', 'incremental', 'full', 'flush', 'scheduled'),
      confirm: fc.boolean(),
    }),
  },
);

/** Who synchronises: what is drawn once for a whole sequence. */
export interface Setting {
  readonly seed: number;
  readonly identity: 'anonymous' | 'key';
  readonly guard: number;
  /** Whether the same anonymous list is given once an hour. */
  readonly repeatIntervalMs: number;
}

export const anySetting: fc.Arbitrary<Setting> = fc.record({
  seed: fc.nat({ max: 1000 }),
  identity: fc.constantFrom('anonymous', 'key'),
  guard: fc.constantFrom(0, 0.05, 1),
  repeatIntervalMs: fc.constantFrom(0, 3_600_000),
});

/** The fields that a change of a row of this type changes. */
function fieldsOf(of: ObjectTag, number: number): Row {
  if (of === 'poc') return { visible: ['Public', 'Users', 'Private'][number % 3], phone: `+1 ${number}` };
  if (of === 'ixpfx') return { in_dfz: number % 2 === 0 };
  if (of === 'ixlan') return { mtu: number };
  if (of === 'netixlan') return { speed: number, operational: number % 2 === 0 };
  return { name: `Changed ${number}`, unheard_of: { number } };
}

/** Changes of which nothing but a later list tells. */
const UNTOLD: readonly Change[] = ['silent', 'hardDelete'];

/** Rows that have lost their ids: no answer tells which row one replaces, or that it is gone. */
const someNameless = ({ state }: FakePeeringdb): boolean =>
  OBJECT_TAGS.some((tag) => state.liveRows(tag, 'key').some(({ id }) => typeof id !== 'number'));

/**
 * Does a change, where upstream can be changed so; where not, nothing happens. Whether the answers to `since` tell all
 * of it.
 */
export function change(fake: FakePeeringdb, step: ChangeStep): boolean {
  const before = someNameless(fake);
  const told = doChange(fake, step);
  return told && !before && !someNameless(fake);
}

/** Whether the answers to `since` tell of it, were all rows known by their ids. */
function doChange({ state, clock }: FakePeeringdb, { kind, tag: of, at: number }: ChangeStep): boolean {
  // Times are whole seconds, so what follows within one second could not be told apart.
  clock.advance(1000);
  const pick = (ids: readonly number[]): number => ids[number % Math.max(1, ids.length)] ?? 0;
  const live = state.ids(of);
  // A type that is emptied without a trace cannot be told from an empty answer.
  const removable = live.length > 3 && (of !== 'org' || number % 4 === 0);
  const breakage = breakagesOf(of)[number % breakagesOf(of).length]!;
  try {
    if (kind === 'create') state.create(of, {}, number);
    else if (kind === 'update') state.update(of, pick(live), fieldsOf(of, number));
    else if (kind === 'silent') state.silent(of, pick(live), fieldsOf(of, number));
    else if (kind === 'delete' && removable) state.delete(of, pick(live));
    else if (kind === 'undelete') state.undelete(of, pick(state.ids(of, 'deleted')));
    else if (kind === 'hardDelete' && removable) state.hardDelete(of, pick(live));
    else if (kind === 'pend') state.pend('campus', pick(state.ids('campus')));
    else if (kind === 'swapAddresses') state.swapAddresses(pick(state.ids('netixlan')), state.ids('netixlan')[0]!);
    else if (kind === 'recreateNetwork') state.recreateNetwork(pick(state.ids('net')));
    else if (kind === 'corrupt') state.corrupt(of, pick(live), breakage);
    else if (kind === 'repair') for (const id of live) repair(state, of, id);
    else if (kind === 'orphan') state.orphan(of, pick(live), number % 2 === 0 ? 'deleted' : 'unknown');
  } catch (error) {
    if (!(error instanceof Error) || !/: /.test(error.message)) throw error;
  }
  // A contact that becomes invisible is not told of.
  const hidden = of === 'poc' && kind === 'update';
  return !UNTOLD.includes(kind) && !hidden;
}

function repair(state: FakePeeringdb['state'], of: ObjectTag, id: number): void {
  try {
    state.repair(of, id);
  } catch {
    // Most rows are not broken.
  }
}
