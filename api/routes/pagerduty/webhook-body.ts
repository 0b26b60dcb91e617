import { z } from 'zod';
import { parseTime } from '../../../store/query/values';
import { concernsAlerts, type Webhook } from '../../../store/pagerduty/webhooks';
import { invalidRequest, type FieldErrors } from '../../problem';

/** Reading a webhook of PagerDuty's (Webhooks V3): one event each, whose `data` depends on its type. */

type Body = Readonly<Record<string, unknown>>;

/** Anything: nothing of it is believed, or complained about, before its signature was verified. */
export const pagerdutyBody = z.unknown().meta({
  type: 'object',
  description: "A webhook of PagerDuty's, version 3. Its header `X-PagerDuty-Signature` is the credential.",
  example: { event: { id: '01', event_type: 'pagey.ping', occurred_at: '2026-01-31T12:00:00Z', data: {} } },
});

/** Longer ones are no ids, keys or names of PagerDuty's. */
const LONGEST = 255;
/** Control characters and halves of characters: PostgreSQL takes no NUL, and none of them is in a name. */
const NO_TEXT = /[\p{Cc}\p{Cs}]/u;

const member = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Body)[name] : undefined;

const words = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value.length <= LONGEST && !NO_TEXT.test(value) ? value : undefined;

/** A time as PostgreSQL takes it. */
function timeOf(value: unknown): string | undefined {
  const time = Date.parse((typeof value === 'string' ? parseTime(value.slice(0, 100)) : undefined) ?? '');
  return Number.isNaN(time) ? undefined : new Date(time).toISOString();
}

/** The incident that another one was merged into: its alerts live on there (REST API v2, `merge_resolve_reason`). */
function mergedInto(data: unknown): string | null {
  const reason = member(data, 'resolve_reason');
  if (member(reason, 'type') !== 'merge_resolve_reason') return null;
  return words(member(member(reason, 'incident'), 'id')) ?? null;
}

const EXPECTED = {
  id: 'expected X-Webhook-Id, or an id of at most 255 characters',
  event_type: 'expected the type of the event, such as incident.resolved',
  occurred_at: 'expected a time, such as 2026-01-31T12:00:00Z',
  incident: "expected the id of PagerDuty's incident",
  key: 'expected the key of the incident, or null',
};

/** Reads a webhook. Throws a 400 that names what is missing or wrong of what is needed. */
export function readPagerdutyWebhook(body: unknown, webhookId: string | undefined, now: Date): Webhook {
  const event = member(body, 'event');
  const data = member(event, 'data');
  const id = words(webhookId) ?? words(member(event, 'id'));
  const event_type = words(member(event, 'event_type'));
  if (id === undefined || event_type === undefined)
    throw invalidRequest({
      ...(id === undefined ? { 'event.id': [EXPECTED.id] } : {}),
      ...(event_type === undefined ? { 'event.event_type': [EXPECTED.event_type] } : {}),
    });
  const incident = words(member(data, 'id'));
  const occurred_at = timeOf(member(event, 'occurred_at'));
  const key = member(data, 'incident_key') ?? null;
  const known = {
    ...{
      id,
      event_type,
      incident_key: words(key) ?? null,
      agent: words(member(member(event, 'agent'), 'summary')) ?? null,
    },
    merged_into: event_type === 'incident.resolved' ? mergedInto(data) : null,
  };
  // Types that PagerDuty adds may look like anything: refusing them would make it give up the subscription.
  if (!concernsAlerts(event_type))
    return { ...known, pagerduty_incident: incident ?? '', occurred_at: occurred_at ?? now.toISOString() };
  const errors: FieldErrors = {
    ...(incident === undefined ? { 'event.data.id': [EXPECTED.incident] } : {}),
    ...(occurred_at === undefined ? { 'event.occurred_at': [EXPECTED.occurred_at] } : {}),
    ...(key !== null && typeof key !== 'string' ? { 'event.data.incident_key': [EXPECTED.key] } : {}),
  };
  if (incident === undefined || occurred_at === undefined || Object.keys(errors).length > 0)
    throw invalidRequest(errors);
  return { ...known, pagerduty_incident: incident, occurred_at };
}
