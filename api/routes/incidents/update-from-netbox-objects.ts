import type { MirroredEvent } from '../../../store/incidents/mirror-event';
import type { MirroredIncident } from '../../../store/incidents/mirror-incident';
import { INCIDENT_SEVERITIES, type IncidentSeverity } from '../../../store/pagerduty/severity';
import { EVENT_STATUSES, INCIDENT_STATUSES } from '../../../store/incidents/statuses';
import { cleaned, criticalityOf, line, messageOf } from './alerts-common';
import type { PluginWebhook } from './update-from-netbox-body';
import { choiceOf, given, idOf, isObject, listOf, member, nameOf, textOf, timeOf } from './update-from-netbox-words';

/** What the plugin's objects are to us (models of netbox-bussiness-application, pull request 33). */

const short = (text: string | undefined): string | undefined => (text === undefined ? undefined : line(text, 255));

/** NetBox's `dcim.device`, `virtualization.virtualmachine` in the plugin's words. */
function targetTypeOf(contentType: unknown): string | undefined {
  const model = (textOf(member(contentType, 'model')) ?? textOf(contentType))?.split('.').at(-1)?.toLowerCase();
  const words: Readonly<Record<string, string>> = { virtualmachine: 'vm', technicalservice: 'service' };
  return model === undefined ? undefined : short(Object.hasOwn(words, model) ? words[model] : model);
}

function targetOf(data: PluginWebhook['data']): Pick<MirroredEvent, 'target_type' | 'target'> {
  const target_type = targetTypeOf(data['content_type']);
  const id = idOf(data['object_id']);
  const target =
    nameOf(data['target']) ?? nameOf(data['content_object']) ?? (id === undefined ? undefined : String(id));
  return target_type === undefined || target === undefined ? {} : { target_type, target: line(target, 255) };
}

/** Only flat enough: what nests deeper is no longer read by anybody. */
const isShallow = (value: unknown, depth = 32): boolean =>
  typeof value !== 'object' || value === null
    ? true
    : depth > 0 && Object.values(value).every((inner) => isShallow(inner, depth - 1));

/** The names of what jsonb is to hold have to be text that PostgreSQL can hold. */
const cleanedNames = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(cleanedNames);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [cleaned(key), cleanedNames(inner)]));
};

/** What NetBox says of an event; undefined: its status is none that we know. */
export function mirroredEvent({ id, data, status, is_deleted, changed }: PluginWebhook): MirroredEvent | undefined {
  const known = EVENT_STATUSES.find((word) => word === status) ?? (is_deleted ? 'ok' : undefined);
  if (known === undefined) return undefined;
  const criticality = choiceOf(data['criticallity']) ?? choiceOf(data['criticality']) ?? 'warning';
  const { raw } = data;
  return {
    ...{ id, is_deleted, status: known, occurred_at: changed, ...criticalityOf(criticality), ...targetOf(data) },
    dedup_id: short(textOf(data['dedup_id'])) ?? `netbox-${id}`,
    message: messageOf(textOf(data['message']) ?? textOf(data['display']) ?? `event ${id}`),
    ...given({ source: short(nameOf(data['event_source'])) }),
    ...(raw !== undefined && raw !== null && isShallow(raw) ? { raw: cleanedNames(raw) } : {}),
    ...(typeof data['is_valid'] === 'boolean' ? { is_valid: data['is_valid'] } : {}),
  };
}

function severityOf(word: string | undefined): { severity?: IncidentSeverity; unknown?: string } {
  if (word === undefined) return {};
  if (Object.hasOwn(INCIDENT_SEVERITIES, word)) return { severity: word as IncidentSeverity };
  return { severity: 'medium', unknown: line(word, 100) };
}

/** What NetBox says of an incident; undefined: its status is none that we know. */
export function mirroredIncident({ data, ...webhook }: PluginWebhook): MirroredIncident | undefined {
  const { id, status, is_deleted, is_status_old, changed } = webhook;
  const known = INCIDENT_STATUSES.find((word) => word === status) ?? (is_deleted ? 'closed' : undefined);
  if (known === undefined) return undefined;
  const { description, responders, reporter, commander } = data;
  const person = (value: unknown): string | undefined => (value === null ? '' : short(nameOf(value)));
  return {
    ...{
      id,
      is_deleted,
      is_status_old,
      status: known,
      reported_at: changed,
      ...severityOf(choiceOf(data['severity'])),
    },
    ...given({
      title: short(textOf(data['title']) ?? textOf(data['display'])),
      description: typeof description === 'string' ? cleaned(description) : undefined,
      reporter: person(reporter),
      commander: person(commander),
      responders: listOf(responders, (one) => short(nameOf(one))),
      detected_at: timeOf(data['detected_at']),
      services: listOf(data['affected_services'], (one) => short(nameOf(one))),
      events: listOf(data['events'], idOf),
    }),
  };
}
