import type { Knex } from 'knex';
import { createApp } from '../api/app';
import type { Probes } from '../api/http/readiness';
import { netboxSettings } from '../api/routes/devices/deps';
import { incidentSettings } from '../api/routes/incidents/deps';
import { listen, type RunningServer } from '../api/server';
import { TemporalUnavailableError, type Temporal } from '../api/temporal/client';
import { forwardNews } from '../api/temporal/incidents';
import { ensureFollowing, forwardHints } from '../api/temporal/netbox';
import { ensureSchedule, type ScheduleSpec } from '../api/temporal/schedules';
import type { Log } from '../config/log';
import type { Config } from '../config/schema';
import type { Secret } from '../config/secret';
import { VERSION } from '../config/version';
import { keptFact } from '../store/facts';
import { createVault } from '../store/secrets';
import { PAGERDUTY_SCHEDULE_ID } from '../workflows/incident/messages';
import { IXAPI_SCHEDULE_ID } from '../workflows/ixapi/messages';
import { NETBOX_SCHEDULE_ID } from '../workflows/netbox/messages';
import { PEERINGDB_SCHEDULE_ID } from '../workflows/peeringdb/messages';

/** What an API is made of. */
export interface ApiRole {
  readonly config: Config;
  readonly knex: Knex;
  readonly temporal: Temporal;
  readonly token: Secret;
  readonly secretKey: Secret;
  readonly probes: Probes;
  readonly log: Log;
}

/** A start missed by less than this is made up for: the hour's synchronisation still makes sense. Milliseconds. */
const CATCHUP_MS = 30 * 60_000;
const RETRY_MS = 2_000;

/** PeeringDB asks for a random minute, so that its clients do not all come at once (peeringdb docs, query limits). */
const drawMinute = (): number => Math.floor(Math.random() * 60);

const isLinked = ({ NETBOX_API, NETBOX_API_TOKEN }: Config): boolean =>
  NETBOX_API !== undefined && NETBOX_API_TOKEN !== undefined;

const isChecked = ({ PAGERDUTY_ENABLED, PAGERDUTY_API_TOKEN }: Config): boolean =>
  PAGERDUTY_ENABLED && PAGERDUTY_API_TOKEN !== undefined;

/** The schedules that the settings ask for; those without times are removed. */
async function schedulesOf({ config, knex }: ApiRole): Promise<ScheduleSpec[]> {
  const minute = await keptFact(knex, 'peeringdb_schedule_minute', drawMinute);
  return [
    {
      id: PEERINGDB_SCHEDULE_ID,
      cron: config.PEERINGDB_SCHEDULE ?? `${minute} * * * *`,
      workflowType: 'peeringdbScheduled',
      args: [{}],
      workflowId: 'peeringdb-schedule',
      catchupWindow: CATCHUP_MS,
    },
    {
      id: NETBOX_SCHEDULE_ID,
      cron: isLinked(config) ? config.NETBOX_SCHEDULE : undefined,
      workflowType: 'netboxScheduled',
      args: [],
      workflowId: 'netbox-schedule',
      catchupWindow: CATCHUP_MS,
    },
    {
      id: IXAPI_SCHEDULE_ID,
      cron: config.IXAPI_SCHEDULE,
      workflowType: 'ixapiScheduled',
      args: [],
      workflowId: 'ixapi-schedule',
      catchupWindow: CATCHUP_MS,
    },
    {
      id: PAGERDUTY_SCHEDULE_ID,
      cron: isChecked(config) ? config.PAGERDUTY_CHECK_SCHEDULE : undefined,
      workflowType: 'pagerdutyScheduled',
      args: [],
      workflowId: 'pagerduty-schedule',
      catchupWindow: CATCHUP_MS,
    },
  ];
}

/** Makes the schedules and what is followed be what the settings say; tried until Temporal takes it. */
async function bringSchedules(role: ApiRole, signal: AbortSignal): Promise<void> {
  const { config, temporal, log } = role;
  const schedules = await schedulesOf(role);
  while (!signal.aborted) {
    try {
      for (const schedule of schedules) await ensureSchedule(temporal, schedule);
      await ensureFollowing(temporal, isLinked(config) && config.NETBOX_FOLLOW);
      return;
    } catch (error) {
      if (!(error instanceof TemporalUnavailableError)) log.warn({ err: error }, 'the schedules could not be set yet');
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

/** An API that listens. It answers at once; what needs Temporal answers 503 until that is there. */
export async function startApiRole(role: ApiRole): Promise<RunningServer & { readonly schedules: Promise<void> }> {
  const { config, knex, temporal, token, secretKey, probes, log } = role;
  const draining = new AbortController();
  const news = forwardNews({ knex, temporal, log: log.named('incidents') }, draining.signal);
  const app = createApp({
    knex,
    temporal,
    config,
    netbox: netboxSettings(config),
    incidents: incidentSettings(config),
    vault: createVault(secretKey),
    tell: () => news.wake(),
    probes,
    log,
    bootstrapToken: token,
    version: VERSION,
    draining: draining.signal,
  });
  const server = await listen(app, { host: config.HOST, port: config.PORT });
  const forwarding = forwardHints({ knex, temporal, log: log.named('netbox') }, draining.signal);
  return {
    url: server.url,
    schedules: bringSchedules(role, draining.signal),
    close: async (deadlineMs) => {
      draining.abort();
      await Promise.all([server.close(deadlineMs), forwarding, news.finished]);
    },
  };
}
