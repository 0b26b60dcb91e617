import type { Knex } from 'knex';
import type { AlertRow } from './alerts';
import type { Action, Content } from './facts';
import { fit, shorten, type Fitted, type TriggerBody } from './limits';
import type { PagerdutySettings } from './settings';
import type { Severity } from './severity';

/**
 * What PagerDuty is sent, but for the routing key. The fields of a trigger are those of the plugin (pull request 33 of
 * netbox-bussiness-application, `utils/pagerduty.py`), but for `timestamp`, which is when it happened.
 */

/** Ids below are NetBox's. */
export const FIRST_LOCAL_ID = 1_000_000_000;
/** What the plugin sends of a description. */
const LONGEST_DESCRIPTION = 2000;

/** What an acknowledgement or a resolve says. */
interface ShortBody {
  readonly event_action: 'acknowledge' | 'resolve';
  readonly dedup_key: string;
}

export type Body = TriggerBody | ShortBody;

/** What is to be sent of an alert. */
export interface Sending {
  readonly action: Action;
  readonly severity: Severity;
  readonly at: string;
  /** The timeline entry whose fact has what is sent, where no record has it. */
  readonly content?: number;
  readonly about?: 'event';
}

type Alert = Pick<AlertRow, 'dedup_key' | 'event' | 'incident'>;

function linksTo(
  kind: 'event' | 'incident',
  id: number,
  { baseUrl, publicUrl }: PagerdutySettings,
): Pick<TriggerBody, 'links'> {
  const label = kind === 'event' ? 'Event' : 'Incident';
  const path = `plugins/business-application/${kind}s/${id}/`;
  if (id < FIRST_LOCAL_ID)
    return baseUrl === undefined ? {} : { links: [{ href: `${baseUrl}/${path}`, text: `View ${label} in NetBox` }] };
  return publicUrl === undefined
    ? {}
    : { links: [{ href: `${publicUrl}/api/${path}`, text: `View ${label} in Crossconnect` }] };
}

type Payload = Omit<TriggerBody['payload'], 'severity' | 'timestamp'>;

interface EventDetails {
  readonly id: number;
  readonly message: string;
  readonly dedup_id: string;
  readonly status: string;
  readonly criticality: string;
  readonly created_at: string;
  readonly last_seen_at: string;
  readonly target_type: string | null;
  readonly target: string | null;
  readonly is_valid: boolean;
  readonly source_name: string | null;
}

async function eventPayload(trx: Knex, id: number, settings: PagerdutySettings): Promise<Payload | undefined> {
  const event = await trx('incident_event AS e')
    .leftJoin('incident_source AS s', 's.id', 'e.event_source')
    .where('e.id', id)
    .first<EventDetails | undefined>('e.*', 's.name AS source_name');
  if (!event) return undefined;
  const { target_type, target } = event;
  const hasTarget = event.is_valid && target_type !== null && target !== null;
  return {
    summary: event.message,
    source: hasTarget ? `${settings.source}:${target_type}:${target}` : settings.source,
    component: event.source_name ?? 'unknown',
    group: settings.group,
    class: 'netbox_event',
    custom_details: {
      ...{ event_id: id, dedup_id: event.dedup_id, status: event.status, criticality: event.criticality },
      ...{ created_at: event.created_at, last_seen_at: event.last_seen_at },
      ...(hasTarget ? { target_type, target_name: target } : {}),
      ...(event.source_name === null ? {} : { event_source: event.source_name }),
    },
  };
}

interface IncidentDetails {
  readonly title: string;
  readonly description: string;
  readonly status: string;
  readonly severity: string;
  readonly reporter: string;
  readonly commander: string;
  readonly responders: readonly string[];
  readonly created_at: string;
  readonly detected_at: string;
  readonly services: readonly string[];
  readonly events: number;
}

/** As the plugin names the component of an incident: by its services. */
function componentOf([first, ...more]: readonly string[]): string {
  if (first === undefined) return 'multiple-services';
  return more.length === 0 ? first : `${first} (+${more.length} more)`;
}

async function incidentPayload(trx: Knex, id: number, settings: PagerdutySettings): Promise<Payload | undefined> {
  const incident = await trx('incident AS i')
    .where('i.id', id)
    .first<IncidentDetails | undefined>(
      'i.*',
      trx.raw(`ARRAY(SELECT s.name FROM incident_service s JOIN incident_affected_service a ON a.service = s.id
        WHERE a.incident = i.id ORDER BY s.id) AS services`),
      trx.raw('(SELECT count(*)::int FROM incident_member m WHERE m.incident = i.id) AS events'),
    );
  if (!incident) return undefined;
  const { title, severity, services } = incident;
  return {
    summary: `[${severity.toUpperCase()}] ${title}`,
    source: settings.source,
    component: componentOf(services),
    group: settings.group,
    class: 'netbox_incident',
    custom_details: {
      ...{ incident_id: id, title, description: shorten(incident.description, LONGEST_DESCRIPTION) },
      ...{ status: incident.status, severity, created_at: incident.created_at, detected_at: incident.detected_at },
      ...{ reporter: incident.reporter, commander: incident.commander, responders: incident.responders },
      ...{ affected_services: services, affected_services_count: services.length, events_count: incident.events },
    },
  };
}

/** What an alert about no record says. */
const bare = (dedup_key: string, { source, component, group }: PagerdutySettings): Payload => ({
  ...{ summary: dedup_key, source, component, group, class: 'custom' },
});

const contentOf = async (trx: Knex, entry: number): Promise<Content | undefined> =>
  (await trx<{ id: number; fact: { content?: Content } }>('incident_timeline').where({ id: entry }).first('fact'))?.fact
    .content;

/** What is said of an alert's record: of the incident that carries it, unless the words are to be the event's. */
async function wordsOf(
  trx: Knex,
  { dedup_key, event, incident }: Alert,
  { content, about }: Sending,
  settings: PagerdutySettings,
): Promise<{ readonly payload: Payload } & Pick<TriggerBody, 'links'>> {
  const given = content === undefined ? undefined : await contentOf(trx, content);
  if (given !== undefined) return { payload: given };
  const isOfEvent = event !== null && (incident === null || about === 'event');
  if (!isOfEvent && incident !== null) {
    const payload = await incidentPayload(trx, incident, settings);
    if (payload !== undefined) return { payload, ...linksTo('incident', incident, settings) };
  }
  const payload = event === null ? undefined : await eventPayload(trx, event, settings);
  return event === null || payload === undefined
    ? { payload: bare(dedup_key, settings) }
    : { payload, ...linksTo('event', event, settings) };
}

/** The body of what is sent, within PagerDuty's limits, with the words of the record as it is now. */
export async function bodyOf(
  trx: Knex,
  alert: Alert,
  sending: Sending,
  settings: PagerdutySettings,
): Promise<Fitted<Body>> {
  const { dedup_key } = alert;
  const { action, severity, at } = sending;
  if (action !== 'trigger') return { body: { event_action: action, dedup_key }, cuts: [] };
  const { payload, links } = await wordsOf(trx, alert, sending, settings);
  const { summary, source, component, group, class: kind, custom_details } = payload;
  return fit({
    event_action: action,
    dedup_key,
    payload: {
      ...{ summary, source, severity, timestamp: at, component, group, class: kind },
      ...(custom_details === undefined ? {} : { custom_details }),
    },
    ...(links === undefined ? {} : { links }),
  });
}
