import { randomUUID } from 'node:crypto';
import { request } from 'undici';
import { OBJECT_TAGS } from '../store/peeringdb/objects';
import { objectStates } from '../store/peeringdb/synchronisations';
import { sinceOf } from '../activities/peeringdb/plan';
import { EMPTY_QUEUE } from './empty.workflow';
import { measureFloor } from './floor';
import type { Rig } from './rig';
import { compare, type Comparison } from './statistics';
import { forgetEverything, timeSynchronisation } from './synchronise';

/** One timed synchronisation that has no floor of its own. */
export interface Measurement {
  readonly name: string;
  readonly ms: number;
  readonly detail: string;
}

const key = (rig: Rig): Record<string, string> => ({ authorization: `Api-Key ${rig.fake.key}` });

/** A first full synchronisation and one in which nothing changed, each against the floor of its round. */
export async function fullSynchronisations(rig: Rig, rounds: number): Promise<Comparison[]> {
  const first: { floor: number; product: number }[] = [];
  const unchanged: { floor: number; product: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    await forgetEverything(rig);
    const floor = await measureFloor(rig.floor, rig.fake.url, key(rig));
    first.push({ floor, product: (await timeSynchronisation(rig, 'full')).ms });
    unchanged.push({ floor, product: (await timeSynchronisation(rig, 'full')).ms });
  }
  return [compare('first full', 2.5, first), compare('full, nothing changed', 2, unchanged)];
}

async function bareRequests(rig: Rig): Promise<void> {
  const cursors = new Map((await objectStates(rig.knex)).map(({ tag, cursor }) => [tag, cursor]));
  for (const tag of OBJECT_TAGS) {
    const { body } = await request(`${rig.fake.url}/${tag}?since=${sinceOf(cursors.get(tag), null)}`, {
      headers: { 'accept-encoding': 'gzip', ...key(rig) },
    });
    await body.arrayBuffer();
  }
}

async function emptyWorkflow({ client }: Rig): Promise<void> {
  await client.workflow.execute('empty', { workflowId: `empty-${randomUUID()}`, taskQueue: EMPTY_QUEUE, args: [] });
}

/** An incremental synchronisation that finds nothing, against its 13 requests and an empty workflow. */
export async function nothingNew(rig: Rig, rounds: number): Promise<Comparison> {
  const measured: { floor: number; product: number }[] = [];
  // Both sides once unmeasured: connections, caches.
  await emptyWorkflow(rig);
  await timeSynchronisation(rig, 'incremental');
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    await bareRequests(rig);
    await emptyWorkflow(rig);
    const floor = performance.now() - started;
    measured.push({ floor, product: (await timeSynchronisation(rig, 'incremental')).ms });
  }
  return compare('nothing new', 1.5, measured);
}

/** Incremental synchronisations after a share of upstream changed. */
export async function changes(rig: Rig, shares: readonly number[]): Promise<Measurement[]> {
  const measured: Measurement[] = [];
  for (const share of shares) {
    await rig.fake.clock.advance(3_600_000);
    await rig.fake.state.mutateShare(Math.round(share * 10_000), share);
    const { ms, result } = await timeSynchronisation(rig, 'incremental');
    const detail = `${result.created} created, ${result.updated} updated, ${result.deleted} deleted`;
    measured.push({ name: `${share * 100} % changed`, ms: Math.round(ms), detail });
  }
  return measured;
}
