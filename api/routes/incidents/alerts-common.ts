import { z } from 'zod';
import { reportEvents, type Reported } from '../../../store/incidents/events';
import type { EventReport } from '../../../store/incidents/event-rows';
import { shorten } from '../../../store/pagerduty/limits';
import { isCriticality } from '../../../store/pagerduty/severity';
import { parseTime } from '../../../store/query/values';
import type { Context } from '../../http/endpoint';
import type { IncidentsDeps } from './deps';

/** What the ways in have in common: reading what others write, and saying what became of it. */

/** The most alerts of one request. */
export const MOST_ALERTS = 1000;

/** A group of a thousand alerts with their labels. */
export const LARGEST_ALERTS = 8 * 1024 * 1024;

/** Clocks differ by so much at most: what is said to be later is not believed. */
const LONGEST_AHEAD_MS = 5 * 60_000;

/** What is kept of a message: more than PagerDuty's summaries can have is of no use. */
const LONGEST_MESSAGE = 1000;

/** A moment in ISO 8601, with the milliseconds that we order by; undefined: it is none. */
export function momentOf(text: string): string | undefined {
  const parsed = parseTime(text.replace(/(\.\d{3})\d+/, '$1'));
  const time = parsed === undefined ? NaN : Date.parse(parsed);
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

/** Whether a moment is later than clocks that differ explain. */
export const isAhead = (moment: string, now: Date): boolean => Date.parse(moment) > now.getTime() + LONGEST_AHEAD_MS;

/** A moment to order reports by: one that is far ahead would make everything after it look old. */
export const orderable = (moment: string, now: Date): string => (isAhead(moment, now) ? now.toISOString() : moment);

/** Text that PostgreSQL can hold: an alert is not lost for a character. */
export const cleaned = (text: string): string => text.replaceAll(/[\0\p{Cs}]/gu, '\ufffd');

/** Text on one line, of so many characters at most. */
export function line(text: string, longest: number): string {
  const whole = cleaned(text).trim().replaceAll(/\s+/g, ' ');
  const kept = shorten(whole, longest);
  return kept === whole ? whole : `${shorten(whole, longest - 1)}…`;
}

/** A message as it is kept. */
export const messageOf = (text: string): string => line(text, LONGEST_MESSAGE);

/** What somebody else's word for how bad it is means. */
export function criticalityOf(word: string): Pick<EventReport, 'criticality' | 'unknown'> {
  const upper = word.trim().toUpperCase();
  return isCriticality(upper) ? { criticality: upper } : { criticality: 'WARNING', unknown: line(word, 100) };
}

/** What became of a report. */
export const reportedSchema = z.object({
  event_id: z.int(),
  incident_id: z.int().nullable().meta({ description: 'the incident that carries the event' }),
  dedup_id: z.string(),
  outcome: z.enum(['created', 'updated', 'stale']).meta({ description: 'stale: it is older than what is known' }),
});

/** Takes reports, and lets the alerts' workflows be told. */
export async function takeAlerts(
  { knex, incidents, tell }: IncidentsDeps,
  reports: readonly EventReport[],
  actor: string,
  { now }: Pick<Context, 'now'>,
): Promise<readonly Reported[]> {
  const results = await reportEvents(knex, reports, incidents.join, { actor, now });
  tell();
  return results;
}
