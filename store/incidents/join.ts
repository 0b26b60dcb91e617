import type { Knex } from 'knex';
import type { Config } from '../../config/schema';
import type { EventRow } from './event-rows';
import { addMembers, type IncidentRow } from './incident-rows';
import { createIncident } from './incidents';
import { INCIDENT_SEVERITIES, incidentSeverityOf, rankOf, severityOf } from '../pagerduty/severity';
import type { Who } from './who';

/** Which incident an event that fires belongs to, where it belongs to none yet. */

/** What the settings say of incidents that events join or make. */
export interface JoinSettings {
  readonly correlateByService: boolean;
  readonly autoCreate: boolean;
}

export const joinSettings = (config: Config): JoinSettings => ({
  correlateByService: config.CORRELATE_BY_SERVICE,
  autoCreate: config.INCIDENT_AUTO_CREATE,
});

/**
 * An incident that nobody acknowledged, about a service of the event's, that is at least as bad: a worse event would wake
 * nobody if it joined.
 */
async function byService(trx: Knex, { technical_service, criticality }: EventRow): Promise<IncidentRow | undefined> {
  if (technical_service === null) return undefined;
  const severities = Object.entries(INCIDENT_SEVERITIES)
    .filter(([, severity]) => rankOf(severity) >= rankOf(severityOf(criticality)))
    .map(([name]) => name);
  return trx<IncidentRow>('incident')
    .whereIn('id', trx('incident_affected_service').where('service', technical_service).select('incident'))
    .where('status', 'new')
    .whereIn('severity', severities)
    .orderBy('id', 'desc')
    .forNoKeyUpdate()
    .first();
}

/** An incident of its own for an event, with its service and the event before the first page. */
const make = (trx: Knex, event: EventRow, who: Who): Promise<number> =>
  createIncident(
    trx,
    {
      ...{ title: event.message.slice(0, 255), description: '', status: 'new', reporter: who.actor, commander: '' },
      severity: incidentSeverityOf(event.criticality),
      responders: [],
      affected_services: event.technical_service === null ? [] : [event.technical_service],
      events: [event.id],
    },
    who,
    { auto_created: true },
  );

/** The incident that an event joins or makes; undefined: it pages alone. */
export async function joinIncident(
  trx: Knex,
  event: EventRow,
  { correlateByService, autoCreate }: JoinSettings,
  who: Who,
): Promise<{ readonly id: number; readonly made: boolean } | undefined> {
  const found = correlateByService ? await byService(trx, event) : undefined;
  if (found !== undefined) {
    await addMembers(trx, found.id, [event.id]);
    return { id: found.id, made: false };
  }
  // As the plugin does: what is of little weight makes no incident.
  if (!autoCreate || rankOf(severityOf(event.criticality)) < rankOf('warning')) return undefined;
  return { id: await make(trx, event, who), made: true };
}
