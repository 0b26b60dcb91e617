import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import type { Knex } from 'knex';
import { clearCache } from '../store/peeringdb/empty';
import { cacheState } from '../store/peeringdb/synchronisations';
import {
  PEERINGDB_SYNC_WORKFLOW_ID,
  type PeeringdbSyncInput,
  type PeeringdbSyncResult,
  type SyncMode,
} from '../workflows/peeringdb/messages';
import { TASK_QUEUE } from '../workflows/shared/job';
import type { Rig } from './rig';

/** How often the published snapshot is looked for; the precision of the times. Milliseconds. */
const LOOK_MS = 5;

async function publishedAfter(knex: Knex, before: number | null): Promise<void> {
  while ((await cacheState(knex)).snapshot === before) await sleep(LOOK_MS);
}

/** One synchronisation: milliseconds from its start to the snapshot that readers see, and what it did. */
export async function timeSynchronisation(
  { client, knex }: { readonly client: Client; readonly knex: Knex },
  mode: SyncMode,
): Promise<{ readonly ms: number; readonly result: PeeringdbSyncResult }> {
  const before = (await cacheState(knex)).snapshot;
  const input: PeeringdbSyncInput = { job_id: randomUUID(), mode };
  const started = performance.now();
  const handle = await client.workflow.start('peeringdbSync', {
    workflowId: PEERINGDB_SYNC_WORKFLOW_ID,
    taskQueue: TASK_QUEUE,
    args: [input],
  });
  const published = publishedAfter(knex, before).then(() => performance.now() - started);
  const result = (await handle.result()) as PeeringdbSyncResult;
  return { ms: await published, result };
}

/** Empties the cache, and gives PostgreSQL its space back, so that every first synchronisation meets the same tables. */
export async function forgetEverything({ knex }: Rig): Promise<void> {
  await clearCache(knex, new Date());
  const tables = await knex('pg_tables').where('tablename', 'like', 'peeringdb_%').pluck<string[]>('tablename');
  for (const table of tables) await knex.raw('VACUUM FULL ??', [table]);
}
