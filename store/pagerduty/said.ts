import type { Knex } from 'knex';
import { lockAlert, tellAlert, type AlertRow } from './alerts';
import type { Did } from './facts';
import { lockIncident, type IncidentRow } from '../incidents/incident-rows';
import { writeIncident } from '../incidents/incidents';
import { foresee } from './listen';
import { effectOf, type Effect } from './said-effect';
import type { PagerdutySettings } from './settings';

/** What people do in PagerDuty is written here: as a fact that is never sent back, with what it makes of our records. */

/** Something that was done to an incident of PagerDuty's. */
export interface Deed {
  readonly did: Did;
  /** ISO 8601, by PagerDuty's clock. */
  readonly occurred_at: string;
  readonly pagerduty_incident: string;
  /** Who did it; null where PagerDuty does not say. */
  readonly agent: string | null;
}

/** What a deed is to one alert: something new, or why not. */
export interface Said {
  readonly alert: number;
  readonly unchanged?: string;
}

/** Thrown when an incident took an alert over while it was being locked: begin again, since locks have an order. */
export class HandedOverError extends Error {
  override readonly name = 'HandedOverError';
}

/** Locks alerts after the incidents that feed them, as everybody does. */
export async function lockAlerts(
  trx: Knex,
  ids: readonly number[],
): Promise<readonly { readonly alert: AlertRow; readonly incident: IncidentRow | undefined }[]> {
  const read = await trx<AlertRow>('pagerduty_alert').whereIn('id', ids).orderBy('id').select('id', 'incident');
  const feeders = new Set(read.flatMap(({ incident }) => (incident === null ? [] : [incident])));
  const incidents = new Map<number, IncidentRow | undefined>();
  for (const id of [...feeders].sort((a, b) => a - b)) incidents.set(id, await lockIncident(trx, id));
  const locked: { readonly alert: AlertRow; readonly incident: IncidentRow | undefined }[] = [];
  for (const { id, incident } of read) {
    const alert = await lockAlert(trx, id);
    if (!alert) continue;
    if (alert.incident !== incident) throw new HandedOverError(`alert ${id} was handed over`);
    locked.push({ alert, incident: incident === null ? undefined : incidents.get(incident) });
  }
  return locked;
}

/** PagerDuty's clock or ours may be ahead. */
const SKEW_MS = 3600_000;
const STATES = ['acknowledged', 'unacknowledged', 'resolved', 'reopened'].map((did) => `incident.${did}`);

/** Whether a later deed to the same incident was taken already: PagerDuty repeats what failed after what came later. */
async function isOvertaken(trx: Knex, { pagerduty_incident, occurred_at }: Deed): Promise<boolean> {
  const newer = await trx('pagerduty_webhook')
    .whereIn('outcome', ['handled', 'unchanged'])
    // A later one also came later: this bounds what is looked at.
    .where('received', '>', new Date(Math.max(0, Date.parse(occurred_at) - SKEW_MS)).toISOString())
    .where({ pagerduty_incident })
    .where('occurred_at', '>', occurred_at)
    .whereIn('event_type', STATES)
    .first<{ id: string } | undefined>('id');
  return newer !== undefined;
}

/** Whether something happened before an alert was last triggered: then it concerns an earlier page of its key. */
export const isStale = ({ triggered_at }: Pick<AlertRow, 'triggered_at'>, occurred_at: string): boolean =>
  triggered_at === null || Date.parse(occurred_at) < Date.parse(triggered_at);

interface Saying {
  readonly alert: AlertRow;
  readonly incident: IncidentRow | undefined;
  readonly deed: Deed;
  readonly now: Date;
}

async function say(
  trx: Knex,
  { alert, incident, deed, now }: Saying,
  { over, becomes: status }: Exclude<Effect, { unchanged: string }>,
): Promise<void> {
  const { did, occurred_at, pagerduty_incident, agent } = deed;
  if (incident && status !== undefined) await writeIncident(trx, incident, { status }, now);
  const became = incident && status !== undefined ? `: ${incident.status} → ${status}` : '';
  const detail = `${did} in PagerDuty, incident ${pagerduty_incident}${became}`;
  const fact = { fact: 'said', did, over, at: now.toISOString(), happened: occurred_at } as const;
  await tellAlert(trx, alert, fact, { action: did, actor: agent ?? 'PagerDuty', detail }, now);
  if (did !== 'resolved') await trx('pagerduty_alert').where({ id: alert.id }).update({ pagerduty_incident });
}

/** Tells alerts and their incidents what was done in PagerDuty, unless they know; in one transaction. */
export async function sayToAlerts(
  trx: Knex,
  ids: readonly number[],
  deed: Deed,
  settings: PagerdutySettings,
  now: Date,
): Promise<readonly Said[]> {
  const locked = await lockAlerts(trx, ids);
  const overtaken = await isOvertaken(trx, deed);
  const results: Said[] = [];
  for (const { alert, incident } of locked) {
    const effect: Effect = isStale(alert, deed.occurred_at)
      ? { unchanged: 'stale: it happened before the latest trigger' }
      : overtaken
        ? { unchanged: 'stale: something later is known already' }
        : effectOf(await foresee(trx, alert, settings), deed.did, incident?.status);
    if (!('unchanged' in effect)) await say(trx, { alert, incident, deed, now }, effect);
    results.push({ alert: alert.id, ...('unchanged' in effect ? { unchanged: effect.unchanged } : {}) });
  }
  return results;
}
