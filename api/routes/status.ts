import type { Knex } from 'knex';
import { z } from 'zod';
import { ageOf } from '../../store/age';
import { ixapiFreshness } from '../../store/ixapi/freshness';
import { pagerdutyFreshness } from '../../store/pagerduty/freshness';
import { netboxStatus } from '../../store/netbox/status';
import { cacheState } from '../../store/peeringdb/synchronisations';
import { postgresVersion } from '../../store/versions';
import { PAGERDUTY_CHECK_WORKFLOW_ID } from '../../workflows/incident/messages';
import { TASK_QUEUE } from '../../workflows/shared/job';
import { endpoint, type Endpoint } from '../http/endpoint';
import { timeOut } from '../http/schemas';
import type { Temporal } from '../temporal/client';
import type { NetboxSettings } from './devices/deps';
import type { IncidentSettings } from './incidents/deps';

export interface StatusDeps {
  readonly knex: Knex;
  readonly temporal: Temporal;
  readonly version: string;
  readonly netbox: NetboxSettings;
  readonly incidents: Pick<IncidentSettings, 'pagerduty'>;
}

const DEADLINE_MS = 2_000;

const orNull = <T>(question: Promise<T>): Promise<T | null> => question.catch(() => null);

const temporalVersion = ({ temporal }: StatusDeps): Promise<string | null> =>
  temporal.call(async ({ workflowService }) => (await workflowService.getSystemInfo({})).serverVersion, DEADLINE_MS);

/** Workers that asked for work lately. */
async function workersRunning({ temporal }: StatusDeps): Promise<number> {
  const { namespace } = temporal;
  const queue = { namespace, taskQueue: { name: TASK_QUEUE } };
  const { pollers } = await temporal.call(
    ({ workflowService }) => workflowService.describeTaskQueue(queue),
    DEADLINE_MS,
  );
  return pollers.length;
}

async function peeringdb(knex: Knex, now: Date): Promise<z.output<typeof freshness>> {
  const { snapshot, published } = await cacheState(knex);
  if (snapshot === null || published === null) return { synchronisation: null, last_sync: null, age_seconds: null };
  return { synchronisation: snapshot, last_sync: published, age_seconds: ageOf(published, now) };
}

async function netbox({ knex, netbox: { missing } }: StatusDeps, now: Date): Promise<NetboxFreshness | null> {
  if (missing.length > 0) return null;
  const { followed_at, missed_webhooks, held, last_listing } = await netboxStatus(knex);
  return { followed_at, age_seconds: ageOf(followed_at, now), missed_webhooks, held, last_listing };
}

async function pagerduty({ knex, incidents }: StatusDeps, now: Date): Promise<PagerdutyFreshness | null> {
  const { enabled } = incidents.pagerduty;
  if (!enabled) return null;
  return { enabled, ...(await pagerdutyFreshness(knex, PAGERDUTY_CHECK_WORKFLOW_ID, now)) };
}

const freshness = z.object({
  synchronisation: z.int().nullable(),
  last_sync: timeOut.nullable(),
  age_seconds: z.int().nullable(),
});

const netboxFreshness = z
  .object({
    followed_at: timeOut.nullable().meta({ description: 'when its change log was last followed to its end' }),
    age_seconds: z.int().nullable().meta({ description: 'seconds since then' }),
    missed_webhooks: z.int().meta({ description: 'changes whose webhook did not come, ever' }),
    held: z.int().meta({ description: 'changes that the guard holds back until a person confirms them' }),
    last_listing: timeOut.nullable().meta({ description: 'when the last whole listing of all devices began' }),
  })
  .meta({ description: 'null while the link is off' });

type NetboxFreshness = z.output<typeof netboxFreshness>;

const ixapiFreshnessSchema = z
  .object({
    fetched_at: timeOut.nullable().meta({ description: 'when the object was read that was not read for the longest' }),
    age_seconds: z.int().nullable().meta({ description: 'seconds since then' }),
    objects: z.int().meta({ description: 'IX-API objects that internet exchanges link to' }),
    never_read: z.int().meta({ description: 'those of them that were never read to the end' }),
    drift: z.object({ critical: z.int(), warning: z.int(), info: z.int() }),
    following: z.int().meta({ description: 'configs that wait for addresses to be imported' }),
  })
  .meta({ description: 'null while no internet exchange is linked to IX-API' });

const pagerdutyFreshnessSchema = z
  .object({
    enabled: z.boolean(),
    last_success: timeOut.nullable().meta({ description: 'when PagerDuty last took something' }),
    oldest_waiting_seconds: z.int().nullable().meta({ description: 'since what waits longest was wanted' }),
    dead: z.int().meta({ description: 'sends that PagerDuty refused for good' }),
    last_check: timeOut.nullable().meta({ description: 'when both sides were last compared to the end' }),
  })
  .meta({ description: 'null while nothing is sent' });

type PagerdutyFreshness = z.output<typeof pagerdutyFreshnessSchema>;

const statusSchema = z
  .object({
    version: z.string(),
    node: z.string(),
    postgresql: z.string().nullable(),
    temporal: z.string().nullable(),
    namespace: z.string(),
    workers: z.int().nullable(),
    freshness: z.object({
      peeringdb: freshness.nullable(),
      netbox: netboxFreshness.nullable(),
      ixapi: ixapiFreshnessSchema.nullable(),
      pagerduty: pagerdutyFreshnessSchema.nullable(),
    }),
  })
  .meta({ id: 'Status' });

/** Versions, workers, freshness. What does not answer is null: whether all is well is for `/health/ready`. */
export function createStatusRoutes(deps: StatusDeps): Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/api/status/',
      summary: 'Versions, running workers, and how fresh the data is',
      tags: ['operation'],
      scope: 'read',
      responses: { 200: { description: 'What is known; null for what does not answer', schema: statusSchema } },
      handler: async (_input, { now }) => {
        const [postgresql, temporal, workers, cache, devices, ixapi, alerts] = await Promise.all([
          orNull(postgresVersion(deps.knex)),
          orNull(temporalVersion(deps)),
          orNull(workersRunning(deps)),
          orNull(peeringdb(deps.knex, now)),
          orNull(netbox(deps, now)),
          orNull(ixapiFreshness(deps.knex, now)),
          orNull(pagerduty(deps, now)),
        ]);
        return {
          body: {
            version: deps.version,
            node: process.version,
            ...{ postgresql, temporal, namespace: deps.temporal.namespace, workers },
            freshness: { peeringdb: cache, netbox: devices, ixapi, pagerduty: alerts },
          },
        };
      },
    }),
  ];
}
