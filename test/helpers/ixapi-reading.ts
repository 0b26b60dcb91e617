import type { Knex } from 'knex';
import { createIxapiClient } from '../../activities/ixapi/client';
import { fetchAll, type Read, type ReadingRef } from '../../activities/ixapi/reading/fetch';
import type { IxapiHttp } from '../../activities/ixapi/http/ask';
import { publishRead } from '../../activities/ixapi/reading/object';
import { AppError } from '../../activities/shared/failure';
import { COLLECTIONS, type Collection } from '../../store/ixapi/documents';
import { closeReading, openReading } from '../../store/ixapi/reading/pages';
import { createVault } from '../../store/secrets';
import type { ReadingCounts } from '../../workflows/ixapi/activities';
import { readAll } from '../fakes/ixapi/ask';
import { startFakeIxapi, type FakeIxapi, type FakeIxapiOptions } from '../fakes/ixapi/server';
import { NO_PAGERDUTY, TEST_SECRET_KEY } from './api';
import { addIxApi, ixapiHttp } from './ixapi-client';
import { SILENT } from './synchronise-site';

/** An exchange, an IX-API object, and readings of it without a workflow. */
export interface ReadingRig {
  readonly fake: FakeIxapi;
  readonly ixApi: number;
  open(key?: string): Promise<ReadingRef & { readonly key: string }>;
  fetch(ref: ReadingRef): Promise<void>;
  publish(ref: ReadingRef): Promise<ReadingCounts>;
  /** Reads and publishes as the workflow does, but without waiting: again after each failure, so often at most. */
  read(attempts?: number): Promise<ReadingCounts>;
  /** The failures of the last {@link read}, and what is done after each before it goes on. */
  readonly failures: AppError[];
  between: () => void;
  /** Pages of a list that are read at one go. */
  mostPages: number;
  /** The ids that are published, and those that the exchange shows when nothing goes wrong. */
  published(): Promise<Record<Collection, string[]>>;
  truth(): Promise<Record<Collection, string[]>>;
  document(id: string): Promise<Record<string, unknown> | undefined>;
  close(): Promise<void>;
}

const pathOf = (collection: Collection): string => `/${collection.replaceAll('_', '-')}`;

/** Reads all that a fake shows, past its faults and limits; nothing of it is in the log. */
async function truthOf({ url, faults, log, limits }: FakeIxapi): Promise<Record<Collection, string[]>> {
  faults.clear();
  limits.set('off');
  const read = COLLECTIONS.map(async (collection) => {
    const rows = await readAll(url, pathOf(collection), 1000);
    return [collection, rows.map(({ id }) => id).sort()];
  });
  const shown = Object.fromEntries(await Promise.all(read)) as Record<Collection, string[]>;
  log.clear();
  return shown;
}

let keys = 0;
const NEVER = new AbortController().signal;

/** Starts it in a database that may have others. */
export async function createReadingRig(knex: Knex, options: FakeIxapiOptions = {}): Promise<ReadingRig> {
  const fake = await startFakeIxapi(options);
  const vault = createVault(TEST_SECRET_KEY);
  const http: IxapiHttp = ixapiHttp({ timeoutMs: 2_000 });
  const clock = (): Date => new Date(fake.clock.now());
  const client = createIxapiClient({ knex, vault, http, clock });
  const { join } = NO_PAGERDUTY;
  const deps = { knex, vault, http, netbox: undefined, driftEvents: false, join, clock, log: SILENT as never };
  const ixApi = await addIxApi(knex, vault, { api_url: fake.url });
  const reads = new Map<number, Read>();

  const rig: ReadingRig = {
    ...{ fake, ixApi, failures: [], between: () => undefined, mostPages: 2_000 },
    open: async (key = `reading ${keys++}`) => ({
      ...{ key, ix_api: ixApi, reading: await openReading(knex, key, ixApi, clock()) },
    }),
    async fetch(ref) {
      const get = client.open(ixApi, NEVER);
      reads.set(ref.reading, await fetchAll({ knex, ref, get, mostPages: rig.mostPages }));
    },
    publish: (ref) => publishRead(deps, ref, reads.get(ref.reading)!),
    async read(attempts = 1) {
      rig.failures.splice(0);
      const ref = await rig.open();
      try {
        for (;;)
          try {
            await rig.fetch(ref);
            return await rig.publish(ref);
          } catch (error) {
            if (!(error instanceof AppError)) throw error;
            rig.failures.push(error);
            if (rig.failures.length >= attempts) throw error;
            rig.between();
          }
      } finally {
        await closeReading(knex, ref.key);
      }
    },
    async published() {
      const rows = await knex('ixapi_object')
        .where({ ix_api: ixApi })
        .select<{ collection: Collection; id: string }[]>('collection', 'id');
      const idsOf = (collection: Collection): string[] =>
        rows.flatMap((row) => (row.collection === collection ? [row.id] : [])).sort();
      return Object.fromEntries(COLLECTIONS.map((name) => [name, idsOf(name)])) as Record<Collection, string[]>;
    },
    truth: () => truthOf(fake),
    document: async (id) =>
      (
        await knex('ixapi_object')
          .where({ ix_api: ixApi, id })
          .first<{ document: Record<string, unknown> } | undefined>('document')
      )?.document,
    async close() {
      await client.close();
      await fake.close();
      await knex('extras_ix_api').where({ id: ixApi }).delete();
    },
  };
  return rig;
}
