import type { Knex } from 'knex';
import { toJsonb } from '../json';
import { NEW_ALERT, type AlertState } from './alert-state';
import { wishOf, type Fact, type Phase } from './facts';
import { alertWorkflowId } from './keys';

/** One conversation with PagerDuty, as it is kept. Times are ISO 8601. */
export interface AlertRow {
  readonly id: number;
  readonly dedup_key: string;
  readonly workflow_id: string;
  readonly event: number | null;
  readonly incident: number | null;
  readonly routing_key: number | null;
  readonly key_origin: string | null;
  readonly wanted: Phase;
  readonly told: Phase;
  readonly triggered_at: string | null;
  readonly pagerduty_incident: string | null;
  readonly state: AlertState;
  readonly pending: number;
  readonly news: number;
}

/** The record that an alert's facts come from. */
export interface Feeder {
  readonly event?: number;
  readonly incident?: number;
}

/** What a timeline entry says to people. */
export interface Entry {
  readonly kind: 'transition' | 'attempt' | 'note';
  readonly action: string;
  /** Who did it: the name of a token, a source, somebody in PagerDuty; empty for ourselves. */
  readonly actor: string;
  readonly detail: string;
  readonly alert?: number;
  readonly event?: number | null;
  readonly incident?: number | null;
  readonly answer?: unknown;
  readonly workflow_id?: string;
  readonly run_id?: string | null;
}

/** Writes an entry of the timeline; its id. */
export async function writeEntry(trx: Knex, entry: Entry, now: Date, fact?: Fact): Promise<number> {
  const { answer, ...values } = entry;
  const [row] = await trx('incident_timeline')
    .insert({
      ...values,
      time: now.toISOString(),
      answer: answer === undefined ? null : toJsonb(answer),
      fact: fact === undefined ? null : toJsonb(fact),
    })
    .returning<{ id: number }[]>('id');
  if (!row) throw new Error('an entry of the timeline has no row');
  return row.id;
}

/** An alert, locked: facts and sends of one alert are written one after the other, in the order of their ids. */
export const lockAlert = (trx: Knex, id: number): Promise<AlertRow | undefined> =>
  trx<AlertRow>('pagerduty_alert').where({ id }).forNoKeyUpdate().first();

/** The alert of a dedup key, locked, if there is one. */
export const lockAlertOf = (trx: Knex, dedup_key: string): Promise<AlertRow | undefined> =>
  trx<AlertRow>('pagerduty_alert').where({ dedup_key }).forNoKeyUpdate().first();

/** The alert of a dedup key, made if there is none; locked, and fed by a record from now on if one is given. */
export async function ensureAlert(trx: Knex, dedup_key: string, feeder: Feeder, now: Date): Promise<AlertRow> {
  const { event, incident } = feeder;
  const fed = event !== undefined || incident !== undefined;
  const [row] = await trx<AlertRow>('pagerduty_alert')
    .insert({
      ...{ dedup_key, workflow_id: alertWorkflowId(dedup_key), wanted: 'nothing', told: 'nothing' },
      ...{ event: event ?? null, incident: incident ?? null, created: now.toISOString() },
      state: toJsonb(NEW_ALERT) as never,
    } as never)
    .onConflict('dedup_key')
    .merge(
      (fed ? { event: event ?? trx.raw('pagerduty_alert.event'), incident: incident ?? null } : { dedup_key }) as never,
    )
    .returning('*');
  if (!row) throw new Error(`the alert ${dedup_key} has no row`);
  return row;
}

/**
 * Tells a locked alert of a fact, and notes it for people. Its workflow is told after the transaction: by whoever forwards
 * (`outbox.ts`), so that what is stored is never without it.
 */
export async function tellAlert(
  trx: Knex,
  alert: Pick<AlertRow, 'id' | 'event' | 'incident'>,
  fact: Fact,
  entry: Pick<Entry, 'action' | 'actor' | 'detail'> & Partial<Pick<Entry, 'event' | 'incident'>>,
  now: Date,
): Promise<number> {
  const { id, event, incident } = alert;
  const about = { event: entry.event ?? event, incident: entry.incident ?? incident };
  const news = await writeEntry(trx, { kind: 'transition', ...entry, ...about, alert: id }, now, fact);
  const wanted = wishOf(fact);
  await trx('pagerduty_alert')
    .where({ id })
    .update({ news, ...(wanted === undefined ? {} : { wanted }) });
  return news;
}
