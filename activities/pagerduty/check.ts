import { Context } from '@temporalio/activity';
import {
  comparableAlerts,
  dropGone,
  keepDifferences,
  type Comparable,
  type Theirs,
} from '../../store/pagerduty/differences';
import { ensureJob, startJob } from '../../store/jobs';
import type { CheckActivities, CheckProgress } from '../../workflows/incident/activities';
import { PAGERDUTY_CHECK_JOB } from '../../workflows/incident/messages';
import { execution } from '../shared/execution';
import { AppError } from '../shared/failure';
import { whileHeartbeating } from '../shared/heartbeat';
import type { PagerdutyDeps } from './deps';
import { restOf } from './look-up';
import type { RestClient } from './rest';
import { alertsOf, openIncidents, type PagerdutyIncident } from './rest-read';

/** Alerts that are compared at once. */
const AT_ONCE = 200;
/** Single questions in one activity, and incidents whose alerts are listed beforehand: PagerDuty counts by the minute. */
const MOST_QUESTIONS = 200;
const MOST_LISTED = 300;

/** What PagerDuty has open, by dedup key. */
interface OpenThere {
  readonly byKey: ReadonlyMap<string, Theirs>;
  /** Whether a key that is not in it is open nowhere. */
  readonly complete: boolean;
}

/** What PagerDuty has open: incidents by their key, those that hold several alerts by the keys of these. */
async function readOpen(rest: RestClient, signal: AbortSignal): Promise<OpenThere> {
  const { rows, complete } = await openIncidents(rest, undefined, signal);
  const byKey = new Map<string, Theirs>();
  const holding = rows.filter(({ incident_key }) => incident_key === null);
  for (const { id, status, incident_key } of rows)
    if (incident_key !== null) byKey.set(incident_key, { status, pagerduty_incident: id });
  for (const { id, status } of holding.slice(0, MOST_LISTED))
    for (const alert of (await alertsOf(rest, id, undefined, signal)) ?? [])
      if (alert.status === 'triggered') byKey.set(alert.alert_key, { status, pagerduty_incident: id });
  return { byKey, complete: complete && holding.length <= MOST_LISTED };
}

const GONE: Theirs = { status: 'resolved', pagerduty_incident: null };

/** What PagerDuty has of one key: an incident may be listed for it whose alert of that key is over. */
async function readOne(rest: RestClient, key: string, signal: AbortSignal): Promise<Theirs> {
  const isOpen = async ({ id, incident_key }: PagerdutyIncident): Promise<boolean> =>
    incident_key === key ||
    ((await alertsOf(rest, id, key, signal)) ?? []).some(({ status }) => status === 'triggered');
  for (const incident of (await openIncidents(rest, key, signal)).rows)
    if (await isOpen(incident)) return { status: incident.status, pagerduty_incident: incident.id };
  return GONE;
}

/** Asks for single keys, until it has asked often enough. */
class Questions {
  #left = MOST_QUESTIONS;

  constructor(
    private readonly rest: RestClient,
    private readonly open: OpenThere,
    private readonly signal: AbortSignal,
  ) {}

  get isOver(): boolean {
    return this.#left <= 0;
  }

  /** What PagerDuty has of an alert. One that it does not list, and that we have open, is asked for by itself. */
  async theirsOf({ dedup_key, told }: Comparable): Promise<Theirs> {
    const listed = this.open.byKey.get(dedup_key);
    if (listed !== undefined) return listed;
    const isOpenHere = told === 'triggered' || told === 'acknowledged';
    if (!isOpenHere && this.open.complete) return GONE;
    this.#left -= 1;
    return readOne(this.rest, dedup_key, this.signal);
  }
}

/** Compares a portion of alerts, or as many of them as may be asked for; how far that came. */
async function comparePortion(
  { knex, clock }: PagerdutyDeps,
  questions: Questions,
  alerts: readonly Comparable[],
  progress: CheckProgress,
): Promise<CheckProgress> {
  const compared: { ours: Comparable; theirs: Theirs }[] = [];
  for (const ours of alerts) {
    if (questions.isOver) break;
    compared.push({ ours, theirs: await questions.theirsOf(ours) });
  }
  const differing = await keepDifferences(knex, compared, clock());
  return {
    ...progress,
    after: compared.at(-1)?.ours.id ?? progress.after,
    compared: progress.compared + compared.length,
    differing: progress.differing + differing,
  };
}

/** Says how far it was when it failed, so that another attempt need not begin at the beginning. */
const failedAt = (error: unknown, reached: CheckProgress): unknown =>
  error instanceof AppError
    ? new AppError(error.code, error.message, {
        ...{ retryable: error.retryable, cause: error },
        details: { ...error.details, reached },
      })
    : error;

async function compareAlerts(
  deps: PagerdutyDeps,
  before: CheckProgress,
  signal: AbortSignal,
): Promise<{ readonly progress: CheckProgress; readonly done: boolean }> {
  let progress = before;
  try {
    const rest = restOf(deps);
    const asked = deps.clock();
    const open = await readOpen(rest, signal);
    const keys = [...open.byKey.keys()];
    const questions = new Questions(rest, open, signal);
    while (!questions.isOver) {
      const alerts = await comparableAlerts(deps.knex, { keys, after: progress.after, most: AT_ONCE, asked });
      if (alerts.length === 0) return { progress, done: true };
      progress = await comparePortion(deps, questions, alerts, progress);
    }
    return { progress, done: false };
  } catch (error) {
    throw failedAt(error, progress);
  }
}

/** The activities of a check. */
export const createCheckActivities = (deps: PagerdutyDeps): CheckActivities => ({
  async beginCheck({ job_id }) {
    const { knex, clock } = deps;
    await ensureJob(knex, { id: job_id, type: PAGERDUTY_CHECK_JOB, input: {}, ...execution(Context.current()) });
    await startJob(knex, job_id, clock());
    return { started: clock().toISOString(), after: 0, compared: 0, differing: 0 };
  },
  compareAlerts: (progress) => whileHeartbeating(compareAlerts(deps, progress, Context.current().cancellationSignal)),
  endCheck: ({ started }) => dropGone(deps.knex, started, deps.clock()),
});
