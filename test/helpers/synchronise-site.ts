import type { Knex } from 'knex';
import { createJobActivities } from '../../activities/jobs';
import { createPeeringActivities } from '../../activities/peering';
import { createPeeringdbActivities } from '../../activities/peeringdb';
import { createPeeringdbClient, type PeeringdbClientOptions } from '../../activities/peeringdb/client';
import type { PeeringdbDeps } from '../../activities/peeringdb/deps';
import { identityOf } from '../../activities/peeringdb/plan';
import type { Logger } from '../../activities/shared/logger';
import { Secret } from '../../config/secret';
import type { PeeringActivities } from '../../workflows/peering/activities';
import type { PeeringdbActivities } from '../../workflows/peeringdb/activities';
import type { JobActivities } from '../../workflows/shared/ending';
import { startFakePeeringdb, type FakePeeringdb, type FakePeeringdbOptions } from '../fakes/peeringdb/server';
import { createTestDatabase } from './database';

/** How the client asks; everything has a default that stands in nobody's way. */
export interface ClientOptions extends Partial<
  Pick<PeeringdbDeps, 'cacheUrl' | 'rateLimit' | 'repeatIntervalMs' | 'guard' | 'clock' | 'knex'>
> {
  /** An API key; by default the client is anonymous. */
  readonly key?: string;
  /** The API's address, where it is not the fake's. */
  readonly api?: string;
  readonly timeouts?: PeeringdbClientOptions['timeouts'];
}

export type Activities = PeeringdbActivities & PeeringActivities & JobActivities;

/** A PeeringDB, and a database to mirror it in. */
export interface Site {
  readonly fake: FakePeeringdb;
  readonly knex: Knex;
  /** Where the database is, for pools of one's own. */
  readonly databaseUrl: string;
  /** The real activities of one worker. They live by the fake's clock. */
  activities(options?: ClientOptions): Activities;
  close(): Promise<void>;
}

/** Rows enough for every kind of reference, few enough for many synchronisations a second. */
const SMALL = 0.002;
const ignore = (): void => undefined;
/** Logs nothing. */
export const SILENT: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** Starts a fake PeeringDB and makes an empty database beside it. */
export async function createSite(options: FakePeeringdbOptions = {}): Promise<Site> {
  const database = await createTestDatabase();
  const fake = await startFakePeeringdb({ scale: SMALL, ...options });
  return {
    fake,
    knex: database.knex,
    databaseUrl: database.url,
    activities: ({ key, api = fake.url, timeouts, ...rest } = {}) => {
      const secret = key === undefined ? undefined : new Secret(key);
      const deps: PeeringdbDeps = {
        knex: database.knex,
        clock: () => new Date(fake.clock.now()),
        client: createPeeringdbClient({
          ...{ api, key: secret, userAgent: 'crossconnect/test' },
          ...(timeouts === undefined ? {} : { timeouts }),
        }),
        identity: identityOf(secret, new Secret('the secret key of tests')),
        rateLimit: 1_000_000,
        repeatIntervalMs: 0,
        guard: 1,
        log: SILENT,
        ...rest,
      };
      return { ...createJobActivities(deps), ...createPeeringActivities(deps), ...createPeeringdbActivities(deps) };
    },
    close: async () => {
      await fake.close();
      await database.drop();
    },
  };
}

/** A maker of sites that are closed after the test that made them. */
export function sitesOfEachTest(): typeof createSite {
  const open: Site[] = [];
  afterEach(async () => {
    for (const site of open.splice(0)) await site.close();
  });
  return async (options) => {
    const site = await createSite(options);
    open.push(site);
    return site;
  };
}
