import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@temporalio/client';
import { NativeConnection, type NativeConnectionOptions } from '@temporalio/worker';
import type { Knex } from 'knex';
import { createIxapiActivities } from '../activities/ixapi';
import { createHttp } from '../activities/ixapi/http/ask';
import { createJobActivities } from '../activities/jobs';
import { createNetboxActivities } from '../activities/netbox';
import { createNetboxClient, type NetboxClient } from '../activities/netbox/client';
import { createNetboxWorkflows } from '../activities/netbox/workflows';
import { createPagerdutyActivities } from '../activities/pagerduty';
import { createEventsClient } from '../activities/pagerduty/post';
import { createRestClient } from '../activities/pagerduty/rest';
import { createPeeringActivities } from '../activities/peering';
import { createPeeringdbActivities } from '../activities/peeringdb';
import { createPeeringdbClient } from '../activities/peeringdb/client';
import { identityOf } from '../activities/peeringdb/plan';
import { startWorker, type RunningWorker } from '../activities/worker';
import type { Log } from '../config/log';
import type { Config } from '../config/schema';
import type { Secret } from '../config/secret';
import type { TemporalConnection } from '../config/temporal';
import { USER_AGENT } from '../config/version';
import { joinSettings } from '../store/incidents/join';
import { pagerdutySettings } from '../store/pagerduty/settings';
import { policyOf } from '../store/netbox/converge';
import { createVault } from '../store/secrets';
import { installRuntime } from './sdk-runtime';

/** What a worker is made of. */
export interface WorkerRole {
  readonly config: Config;
  readonly knex: Knex;
  readonly temporal: TemporalConnection;
  readonly secretKey: Secret;
  readonly bundle: Promise<{ readonly code: string; readonly sourceMap: string }>;
  readonly log: Log;
  readonly signal: AbortSignal;
}

/** NetBox may queue webhooks for minutes, three a second with one worker (measured on 4.6). */
const MISSED_AFTER_MS = 10 * 60_000;
const RETRY_MS = 1_000;
/** A wait is told of in the log once in so many tries. */
const TOLD_EVERY = 20;

/** Undefined: the settings link to no NetBox. */
function netboxClientOf({ config }: WorkerRole): NetboxClient | undefined {
  const { NETBOX_API: url, NETBOX_API_TOKEN: token, NETBOX_API_VERIFY_SSL: verifyTls } = config;
  return url && token ? createNetboxClient({ url, token, verifyTls, userAgent: USER_AGENT }) : undefined;
}

function netboxActivitiesOf(
  { config, knex, log }: WorkerRole,
  client: NetboxClient | undefined,
  connection: NativeConnection,
): object {
  const namespace = config.TEMPORAL_NAMESPACE;
  return createNetboxActivities({
    knex,
    client,
    workflows: createNetboxWorkflows(new Client({ connection, namespace })),
    policy: policyOf(config),
    missedAfterMs: MISSED_AFTER_MS,
    clock: () => new Date(),
    log: log.named('netbox'),
  });
}

function ixapiActivitiesOf({ config, knex, secretKey, log }: WorkerRole, netbox: NetboxClient | undefined): object {
  return createIxapiActivities({
    knex,
    vault: createVault(secretKey),
    http: createHttp({ allowPrivate: config.IXAPI_ALLOW_PRIVATE, userAgent: USER_AGENT }),
    netbox,
    driftEvents: config.IXAPI_DRIFT_EVENTS,
    join: joinSettings(config),
    clock: () => new Date(),
    log: log.named('ixapi'),
  });
}

function pagerdutyActivitiesOf({ config, knex, secretKey, log }: WorkerRole): object {
  const settings = pagerdutySettings(config);
  const { timeoutMs } = settings;
  const { PAGERDUTY_API_URL: url, PAGERDUTY_API_TOKEN: token } = config;
  return createPagerdutyActivities({
    knex,
    settings,
    vault: createVault(secretKey),
    client: createEventsClient({ url: config.PAGERDUTY_EVENTS_API_URL, timeoutMs, userAgent: USER_AGENT }),
    rest: token && createRestClient({ url, token, timeoutMs, userAgent: USER_AGENT }),
    routingKey: config.PAGERDUTY_ROUTING_KEY,
    clock: () => new Date(),
    // The name that users of the plugin have in their settings.
    log: log.named('business_application.pagerduty'),
  });
}

function activitiesOf(role: WorkerRole, connection: NativeConnection): object {
  const { config, knex, secretKey, log } = role;
  const clock = (): Date => new Date();
  const key = config.PEERINGDB_API_KEY;
  const netbox = netboxClientOf(role);
  return {
    ...createJobActivities({ knex, clock }),
    ...createPeeringActivities({ knex, clock }),
    ...netboxActivitiesOf(role, netbox, connection),
    ...ixapiActivitiesOf(role, netbox),
    ...pagerdutyActivitiesOf(role),
    ...createPeeringdbActivities({
      knex,
      clock,
      client: createPeeringdbClient({ api: config.PEERINGDB_API, key, userAgent: USER_AGENT }),
      identity: identityOf(key, secretKey),
      cacheUrl: config.PEERINGDB_CACHE_URL,
      rateLimit: config.PEERINGDB_RATE_LIMIT,
      repeatIntervalMs: config.PEERINGDB_REPEAT_INTERVAL,
      guard: config.PEERINGDB_DELETE_GUARD,
      log: log.named('peeringdb'),
    }),
  };
}

/** Connects again and again: a worker fails for good when its server or its namespace is not there. */
async function connect({ config, temporal, log, signal }: WorkerRole): Promise<NativeConnection> {
  const namespace = config.TEMPORAL_NAMESPACE;
  for (let attempt = 0; ; attempt += 1) {
    let connection: NativeConnection | undefined;
    try {
      connection = await NativeConnection.connect(temporal as NativeConnectionOptions);
      await connection.workflowService.describeNamespace({ namespace });
      return connection;
    } catch (error) {
      await connection?.close();
      const fields = { err: error, address: temporal.address, namespace };
      if (attempt % TOLD_EVERY === 0) log.warn(fields, 'the worker waits for Temporal and its namespace');
      await sleep(RETRY_MS, undefined, { signal });
    }
  }
}

/** Starts a worker, as soon as Temporal is there. */
export async function startWorkerRole(role: WorkerRole): Promise<RunningWorker> {
  installRuntime(role.log);
  const [connection, bundle] = await Promise.all([connect(role), role.bundle]);
  const namespace = role.config.TEMPORAL_NAMESPACE;
  const worker = await startWorker({ connection, namespace, bundle, activities: activitiesOf(role, connection) });
  return {
    finished: worker.finished,
    stop: async () => {
      // A connection that is left open keeps the process from ending.
      await worker.stop().finally(() => connection.close());
    },
  };
}
