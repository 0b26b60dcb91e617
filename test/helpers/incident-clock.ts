import type { Knex } from 'knex';
import { beginAdvance, type Attempt } from '../../store/pagerduty/advance';
import type { AlertRow } from '../../store/pagerduty/alerts';
import { reportEvents } from '../../store/incidents/events';
import type { EventReport } from '../../store/incidents/event-rows';
import { settleAdvance, type Outcome } from '../../store/pagerduty/settle';
import type { PagerdutySettings } from '../../store/pagerduty/settings';
import { createVault } from '../../store/secrets';
import { routingKeyOf } from '../fakes/pagerduty/keys';
import { NO_PAGERDUTY, TEST_SECRET_KEY } from './api';
import { createTestDatabase } from './database';

/** A request that would have been made, and when. */
export interface MadeRequest {
  readonly at: number;
  readonly attempt: Attempt;
  readonly outcome: Outcome['outcome'];
}

/** What PagerDuty answers to a request at a time. */
export type Answering = (attempt: Attempt, at: number) => Outcome | Promise<Outcome>;

/** Alerts that go on by themselves as their workflows let them, by a clock that the test moves. */
export interface IncidentClock {
  readonly knex: Knex;
  readonly now: () => Date;
  readonly requests: MadeRequest[];
  /** What PagerDuty answers from now on; it takes everything at first. */
  answer: Answering;
  /** The version of PAGERDUTY_ROUTING_KEY; undefined while it is not set. */
  defaultKey: number | undefined;
  readonly settings: PagerdutySettings;
  /** The version of a routing key. */
  keep(n: number): Promise<number>;
  report(...reports: (Partial<EventReport> & { readonly dedup_id: string })[]): Promise<void>;
  service(name: string, values?: { hold_seconds?: number; quiet_seconds?: number; key?: number }): Promise<number>;
  alert(dedup_id: string): Promise<AlertRow>;
  /** What PagerDuty took of an event's alert, in order. */
  taken(dedup_id: string): string[];
  notes(dedup_id: string): Promise<string[]>;
  /** Lets so many seconds pass. */
  pass(seconds: number): Promise<void>;
  /** Moves the clock alone: no alert goes on. */
  skip(seconds: number): void;
  close(): Promise<void>;
}

const BEGIN = Date.parse('2026-03-01T12:00:00Z');
const TOLD = { workflow_id: 'a-workflow', run_id: null };

/** PagerDuty takes it. */
export const TAKEN: Outcome = { outcome: 'taken', answer: { status: 'success' } };

/** PagerDuty answers 503. */
export const UNAVAILABLE: Outcome = { outcome: 'later', reason: 'PagerDuty answers 503', throttled: false };

/** The alerts that have not heard everything. */
const withNews = (knex: Knex): Promise<{ readonly id: number }[]> =>
  knex('pagerduty_alert').whereRaw(`news > CAST(state->>'heard' AS bigint)`).orderBy('id').select('id');

/** Starts it, with one routing key. Close it in `afterAll`. */
export async function createIncidentClock(options: Partial<PagerdutySettings> = {}): Promise<IncidentClock> {
  const database = await createTestDatabase();
  const { knex } = database;
  const vault = createVault(TEST_SECRET_KEY);
  const settings = { ...NO_PAGERDUTY.pagerduty, enabled: true, perMinute: 6_000, ...options };
  const due = new Map<number, number>();
  let time = BEGIN;

  async function step(id: number): Promise<void> {
    const now = new Date(time);
    const begun = await beginAdvance(knex, id, { settings, defaultKey: clock.defaultKey, now });
    let next = begun.next === 'send' ? undefined : begun;
    if (begun.next === 'send') {
      const { attempt } = begun;
      const outcome = await clock.answer(attempt, time);
      clock.requests.push({ at: time, attempt, outcome: outcome.outcome });
      next = await settleAdvance(knex, attempt, outcome, TOLD, now);
    }
    if (next?.next === 'again') due.set(id, time);
    else if (next?.next === 'wait') due.set(id, Math.max(time + 1, Date.parse(next.until)));
    else due.delete(id);
  }

  async function pass(seconds: number): Promise<void> {
    const end = time + seconds * 1000;
    for (const { id } of await withNews(knex)) due.set(id, time);
    for (;;) {
      const [soonest] = [...due].sort(([, a], [, b]) => a - b);
      if (soonest === undefined || soonest[1] > end) break;
      time = Math.max(time, soonest[1]);
      await step(soonest[0]);
    }
    time = end;
  }

  const keep = (n: number): Promise<number> => vault.keep(knex, 'routing_key', routingKeyOf(n), new Date(time));
  const clock: IncidentClock = {
    ...{ knex, settings, requests: [], answer: () => TAKEN, defaultKey: await keep(1), keep, pass },
    now: () => new Date(time),
    skip: (seconds) => void (time += seconds * 1000),
    report: async (...reports) => {
      const full = reports.map((one): EventReport => ({
        message: 'down',
        status: 'triggered',
        criticality: 'HIGH',
        ...one,
      }));
      await reportEvents(knex, full, NO_PAGERDUTY.join, { actor: 'tests', now: new Date(time) });
    },
    service: async (name, { hold_seconds = 0, quiet_seconds = 0, key } = {}) => {
      const at = new Date(time).toISOString();
      const [row] = await knex('incident_service')
        .insert({
          ...{ name, service_type: 'technical', description: '', hold_seconds, quiet_seconds },
          ...{ routing_key: key ?? null, created: at, last_updated: at },
        })
        .returning<{ id: number }[]>('id');
      return row!.id;
    },
    alert: async (id) =>
      (await knex<AlertRow>('pagerduty_alert')
        .where({ dedup_key: `netbox-event-${id}` })
        .first())!,
    taken: (id) =>
      clock.requests
        .filter(({ attempt, outcome }) => outcome === 'taken' && attempt.body.dedup_key === `netbox-event-${id}`)
        .map(({ attempt }) => attempt.body.event_action),
    notes: async (id) => {
      const alert = await clock.alert(id);
      const rows = await knex('incident_timeline').where({ alert: alert.id, action: 'note' }).orderBy('id');
      return rows.map(({ detail }: { detail: string }) => detail);
    },
    close: () => database.drop(),
  };
  return clock;
}
