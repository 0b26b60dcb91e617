import { z } from 'zod';
import type { IncidentValues } from '../../../store/incidents/incident-rows';
import { INCIDENTS } from '../../../store/incidents/lists';
import { INCIDENT_SEVERITIES, type IncidentSeverity } from '../../../store/pagerduty/severity';
import { INCIDENT_STATUSES } from '../../../store/incidents/statuses';
import { bodySchema } from '../../http/record-body';
import { anyCase, name, reference, text, time } from '../../http/schemas';

const MOST = 1000;
const ids = z
  .array(reference)
  .max(MOST)
  .transform((given) => [...new Set(given)]);

const FIELDS = {
  title: name(255),
  description: text(50_000),
  status: z.enum(INCIDENT_STATUSES),
  severity: anyCase(Object.keys(INCIDENT_SEVERITIES) as IncidentSeverity[]),
  affected_services: ids,
  events: ids,
  responders: z.array(name(150)).max(100),
  reporter: text(150),
  commander: text(150),
  detected_at: time,
};

const OPTIONAL = {
  ...{ description: '', affected_services: [], events: [], responders: [], reporter: '', commander: '' },
} as const;

/** What a new incident has where nothing is said of it. */
export const NEW_INCIDENT = { ...OPTIONAL, status: 'new', severity: 'medium' } as const;

/** What a replaced one has; what PagerDuty is told by stays: status and severity. */
export const REPLACED_INCIDENT = OPTIONAL;

type Body = z.ZodType<Partial<IncidentValues>>;
type WholeBody = z.ZodType<Partial<IncidentValues> & Pick<IncidentValues, 'title'>>;

const source = INCIDENTS;

/** An incident as it is posted or replaced. */
export const incidentBody = bodySchema({ fields: FIELDS, source }, (field) => field !== 'title') as WholeBody;

/** What is changed of an incident. */
export const incidentPatch = bodySchema({ fields: FIELDS, source }, () => true) as Body;
