import type { RecordTable } from '../records';

/** The tables of events, incidents and what belongs to them, and what their constraints mean. */

export const SOURCE: RecordTable = {
  table: 'incident_source',
  unique: { incident_source_name: 'there is an event source with this name already' },
  references: {},
  keptBy: { incident_event_source_key: 'events came from it: give these another event_source first' },
};

export const SERVICE: RecordTable = {
  table: 'incident_service',
  unique: { incident_service_name: 'there is a technical service with this name already' },
  references: {},
  keptBy: {
    incident_event_service_key: 'events are about it: give these another technical_service first',
    incident_affected_service_key: 'incidents affect it: take it out of their affected_services first',
    incident_maintenance_service_key: 'maintenance is planned for it: delete that first',
  },
};

export const MAINTENANCE: RecordTable = {
  table: 'incident_maintenance',
  unique: {},
  references: { incident_maintenance_service_key: { field: 'technical_service', to: 'technical service' } },
};

export const EVENT: RecordTable = {
  table: 'incident_event',
  unique: {},
  references: {
    incident_event_source_key: { field: 'event_source', to: 'event source' },
    incident_event_service_key: { field: 'technical_service', to: 'technical service' },
  },
  keptBy: { incident_member_event_key: 'incidents have it: delete these, or take it out of their events, first' },
};

export const INCIDENT: RecordTable = {
  table: 'incident',
  unique: {},
  references: {
    incident_affected_service_key: { field: 'affected_services', to: 'technical service' },
    incident_member_event_key: { field: 'events', to: 'event' },
  },
};
