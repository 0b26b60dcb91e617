import { setTimeout as sleep } from 'node:timers/promises';
import type { Step } from '../../activities/peeringdb/deps';
import type { SyncMode } from '../../workflows/peeringdb/messages';
import type { Fault } from '../fakes/peeringdb/faults';
import type { Rng } from '../fakes/peeringdb/rng';
import { breakagesOf } from '../fakes/peeringdb/state/bad-rows';
import type { Rig, Victim } from './product-rig';
import { differences } from './synchronise-equality';

/** Something to kill, and when: some milliseconds after a step began for the `nth` time. */
export interface Kill {
  readonly victim: Victim;
  /** Killed right afterwards. */
  readonly also?: Victim;
  readonly step: Step['step'];
  readonly nth: number;
  readonly afterMs: number;
}

/** The steps of a synchronisation in their order. */
export const STEPS = ['open', 'fetch', 'stage', 'parents', 'publish', 'close'] as const;

/** A kill at this step: soon after it began, while it is at work. */
export function killAt(step: Step['step'], victim: Victim, rng: Rng): Kill {
  const often = step === 'fetch' || step === 'stage';
  return { victim, step, nth: often ? 1 + rng.int(3) : 1, afterMs: rng.int(step === 'open' ? 5 : 15) };
}

/** Changes upstream in every way that a mirror has to follow; `faults` befall one of the next requests each. */
export async function changeUpstream(
  { fake }: Rig,
  mode: SyncMode,
  rng: Rng,
  faults: readonly Fault[] = [],
): Promise<void> {
  const { state, clock } = fake;
  await clock.advance(3_600_000);
  await state.mutateShare(rng.int(1_000_000), 0.05);
  const ports = await state.ids('netixlan');
  await state.swapAddresses(rng.pick(ports), ports[0]!);
  await state.orphan('netfac', rng.pick(await state.ids('netfac')), 'unknown');
  // Not the ids: what a row without one replaces, no later change tells.
  const breakages = breakagesOf('net').filter((breakage) => !breakage.endsWith('-id'));
  await state.corrupt('net', rng.pick(await state.ids('net')), rng.pick(breakages));
  // What vanishes without a word is missed by whole lists only.
  if (mode !== 'incremental') await state.hardDelete('poc', rng.pick(await state.ids('poc')));
  await clock.advance(60_000);
  await state.refreshListFiles();
  await fake.faults.clear();
  for (const fault of faults) await fake.faults.add({ nth: 1 + rng.int(13) }, fault);
  // In pieces, so that there is a middle to be killed in.
  await fake.faults.add({ count: null }, { kind: 'drip', pieces: 4, pause: 30 });
}

/** Synchronises and kills on the way; what is wrong afterwards: nothing, if all is well. */
export async function surviveKills(rig: Rig, mode: SyncMode, kills: readonly Kill[]): Promise<string[]> {
  const job_id = await rig.start(mode);
  let from = 0;
  for (const { victim, also, step, nth, afterMs } of kills) {
    const index = await rig.reach((seen) => seen.step === step, from, nth);
    from = index + 1;
    await sleep(afterMs);
    await rig.kill(victim, rig.steps[index]?.worker);
    if (also !== undefined) await rig.kill(also);
  }
  return whatIsWrong(rig, job_id);
}

/** Waits for the end of a synchronisation; what is wrong then. */
export async function whatIsWrong(rig: Rig, job_id: string): Promise<string[]> {
  const { knex, readers, crashed } = rig;
  const job = await rig.ended(job_id);
  const found = job.status === 'completed' ? [] : [`the job ${job.status}: ${JSON.stringify(job.error)}`];
  found.push(...(await differences(rig, 'key')));
  found.push(...(await rig.askedAgain()).map((path) => `${path}: asked for again although it was kept`));
  for (const table of ['peeringdb_body', 'peeringdb_staged']) {
    const [left] = await knex(table).count<{ count: number }[]>('* as count');
    if (left?.count !== 0) found.push(`${left?.count ?? 0} rows are left in ${table}`);
  }
  for (const [snapshot, texts] of readers.seen)
    if (texts.size > 1)
      found.push(`snapshot ${snapshot} was read in ${texts.size} versions: ${[...texts].join(' | ')}`);
  return [...found, ...readers.violations, ...crashed.map((how) => `a worker ended: ${how}`)];
}
