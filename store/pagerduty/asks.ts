import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { ensureJob, findJob, type JobRow } from '../jobs';
import { ensureAlert, lockAlertOf, tellAlert, type AlertRow } from './alerts';
import { carryIncident, lockAlertOfEvent, lockOwnAlert } from './carrier';
import type { EventRow } from '../incidents/event-rows';
import type { Action, Content } from './facts';
import { lockIncident, lockIncidentOf } from '../incidents/incident-rows';
import { eventDedupKey, givenDedupKey } from './keys';
import { INCIDENT_SEVERITIES, severityOf, type Severity } from './severity';
import type { Who } from '../incidents/who';

/** What people ask to be sent. No switch but PAGERDUTY_ENABLED binds it. */

/** The type of a job that is done when PagerDuty has taken what was asked for. It is kept by the alert's workflow. */
export const SEND_JOB = 'pagerduty-send';

/** What was asked of an alert, and the job that says what came of it. */
export interface Asked {
  readonly alert: AlertRow;
  readonly job: JobRow;
  readonly action: Action;
}

/** What is to be sent. */
export interface Wish {
  readonly action: Action;
  readonly severity: Severity;
  readonly content?: Content;
  readonly about?: 'event';
}

/** Who asks. With the id of a job that is known beforehand, the same is asked only once, however often it is tried. */
export interface Asker extends Who {
  readonly job?: string;
}

/** Asks a locked alert to send something. */
async function askAlert(
  trx: Knex,
  alert: AlertRow,
  wish: Wish,
  { actor, now, job: id = randomUUID() }: Asker,
): Promise<Asked> {
  const known = await findJob(trx, id);
  if (known) return { alert, job: known, action: wish.action };
  const { dedup_key, workflow_id, event, incident } = alert;
  const input = { action: wish.action, dedup_key, event_id: event, incident_id: incident };
  await ensureJob(trx, { id, type: SEND_JOB, workflow_id, input });
  const fact = { fact: 'asked', ...wish, job: id, at: now.toISOString() } as const;
  await tellAlert(trx, alert, fact, { action: `asked to ${wish.action}`, actor, detail: dedup_key }, now);
  const job = await findJob(trx, id);
  if (!job) throw new Error(`job ${id} has no row`);
  return { alert, job, action: wish.action };
}

const lockEvent = (trx: Knex, id: number): Promise<EventRow | undefined> =>
  trx<EventRow>('incident_event').where({ id }).forNoKeyUpdate().first();

/** Sends an event under its own dedup key, as its status is: a trigger, or a resolve. Undefined: no such event. */
export async function askForEvent(trx: Knex, id: number, who: Asker): Promise<Asked | undefined> {
  const event = await lockEvent(trx, id);
  if (!event) return undefined;
  const dedup_key = eventDedupKey(event.dedup_id);
  const known = await lockAlertOf(trx, dedup_key);
  // One that was handed over to an incident stays there.
  const isFed = known !== undefined && (known.event !== null || known.incident !== null);
  const alert = isFed ? known : await ensureAlert(trx, dedup_key, { event: id }, who.now);
  const action = event.status === 'triggered' ? 'trigger' : 'resolve';
  return askAlert(trx, alert, { action, severity: severityOf(event.criticality), about: 'event' }, who);
}

/** Sends an incident under the dedup key of the alert that carries it. Undefined: no such incident. */
export async function askForIncident(trx: Knex, id: number, action: Action, who: Asker): Promise<Asked | undefined> {
  const incident = await lockIncident(trx, id);
  if (!incident) return undefined;
  const alert = await carryIncident(trx, id, [], who);
  return askAlert(trx, alert, { action, severity: INCIDENT_SEVERITIES[incident.severity] }, who);
}

const isLive = ({ told, wanted }: AlertRow): boolean =>
  [told, wanted].some((phase) => phase === 'triggered' || phase === 'acknowledged');

/** The alert that carries an event: its own while that is open, else that of its incident. */
async function carrierOf(trx: Knex, event: EventRow, who: Who): Promise<AlertRow> {
  const own = await lockOwnAlert(trx, event.id);
  if (own && isLive(own)) return own;
  const incident = await lockIncidentOf(trx, event.id);
  if (incident) return carryIncident(trx, incident.id, [], who);
  return (
    (await lockAlertOfEvent(trx, event.id)) ??
    ensureAlert(trx, eventDedupKey(event.dedup_id), { event: event.id }, who.now)
  );
}

/** Resolves the alert that carries an event. Undefined: no such event. */
export async function askToResolveEvent(trx: Knex, id: number, who: Asker): Promise<Asked | undefined> {
  const event = await lockEvent(trx, id);
  if (!event) return undefined;
  const alert = await carrierOf(trx, event, who);
  return askAlert(trx, alert, { action: 'resolve', severity: severityOf(event.criticality) }, who);
}

/** Sends something under a dedup key that was given. */
export async function askForKey(trx: Knex, dedup_key: string, wish: Wish, who: Asker): Promise<Asked> {
  return askAlert(trx, await ensureAlert(trx, givenDedupKey(dedup_key), {}, who.now), wish, who);
}
