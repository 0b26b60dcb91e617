import { z } from 'zod';
import { FIRST_LOCAL_ID } from '../../../store/pagerduty/payload';
import { invalidRequest } from '../../problem';
import { orderable } from './alerts-common';
import { choiceOf, idOf, isObject, member, textOf, timeOf, type Body } from './update-from-netbox-words';

/** A webhook of one of the plugin's objects. */
export interface PluginWebhook {
  readonly kind: 'event' | 'incident';
  readonly id: number;
  readonly data: Body;
  readonly is_deleted: boolean;
  /** In lower case, as NetBox has it. */
  readonly status: string | undefined;
  /** The status is what it was before the change. */
  readonly is_status_old: boolean;
  /** When it changed in NetBox (ISO 8601). */
  readonly changed: string;
  readonly username: string | undefined;
}

/** Of a body that concerns another kind of object: which one. */
export interface OtherObject {
  readonly object: string;
}

/** Any JSON object: what of it is needed is looked at by itself. */
export const pluginBody = z.looseObject({}).meta({
  description: "A webhook of NetBox's about the plugin's `event` or `incident`.",
  example: { event: 'updated', object_type: 'business_application.event', data: { id: 1, status: 'ok' } },
});

const KINDS: Readonly<Record<string, PluginWebhook['kind']>> = {
  event: 'event',
  'business_application.event': 'event',
  incident: 'incident',
  'business_application.incident': 'incident',
};

const ACTIONS = ['created', 'updated', 'deleted'];

/** More than anybody relates to one incident, and as much as one statement takes. */
const MOST_RELATED = { affected_services: 1000, events: 10_000, responders: 1000 } as const;

function wrongFields(body: Body, status: string | undefined): Record<string, string[]> {
  const { event, data } = body;
  const id = idOf(member(data, 'id'));
  const errors: Record<string, string[]> = {};
  if (!ACTIONS.includes(event as string)) errors['event'] = [`expected one of ${ACTIONS.join(', ')}`];
  if (!isObject(data)) errors['data'] = ['expected the object, with its id'];
  else if (id === undefined || id >= FIRST_LOCAL_ID)
    errors['data.id'] = [`expected an id of NetBox's, a whole number from 1 to ${FIRST_LOCAL_ID - 1}`];
  else if (status === undefined && event !== 'deleted') errors['data.status'] = ['expected the status of the object'];
  for (const [name, most] of Object.entries(MOST_RELATED)) {
    const related = member(data, name);
    if (Array.isArray(related) && related.length > most) errors[`data.${name}`] = [`expected at most ${most}`];
  }
  return errors;
}

/** Reads a webhook. Throws a 400 that names the fields which are missing or wrong. */
export function readPluginWebhook(body: Body, now: Date): PluginWebhook | OtherObject {
  const object = (textOf(body['object_type']) ?? textOf(body['model']))?.toLowerCase().slice(0, 100);
  if (object === undefined) throw invalidRequest({ object_type: ['expected business_application.event or .incident'] });
  const kind = Object.hasOwn(KINDS, object) ? KINDS[object] : undefined;
  if (kind === undefined) return { object };
  const status = choiceOf(member(body['data'], 'status'));
  const errors = wrongFields(body, status);
  const { event, data } = body;
  const id = idOf(member(data, 'id'));
  if (!isObject(data) || id === undefined || Object.keys(errors).length > 0) throw invalidRequest(errors);
  const is_deleted = event === 'deleted';
  const sent = timeOf(body['timestamp']);
  // What is deleted changed for the last time when it went.
  const changed = is_deleted ? sent : (timeOf(data['updated_at']) ?? timeOf(data['last_updated']) ?? sent);
  const before = choiceOf(member(member(body['snapshots'], 'prechange'), 'status'));
  return {
    ...{ kind, id, data, is_deleted, status },
    is_status_old: event === 'updated' && status !== undefined && before === status,
    changed: orderable(changed ?? now.toISOString(), now),
    username: textOf(body['username']) ?? textOf(member(body['request'], 'user')),
  };
}
