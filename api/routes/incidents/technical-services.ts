import { z } from 'zod';
import { routingKey } from '../../../config/values';
import { Secret } from '../../../config/secret';
import { SERVICES } from '../../../store/incidents/lists';
import { lookAgain } from '../../../store/incidents/maintenance';
import { SERVICE } from '../../../store/incidents/tables';
import type { RecordKind } from '../../http/records';
import { name, text } from '../../http/schemas';
import { BUSINESS, type IncidentsDeps } from './deps';

/** A day: what flaps longer than that is not flapping. */
const seconds = z.int().min(0).max(86_400);

/** What events are about and incidents affect, each with a routing key of its own or without. */
export const serviceKind = ({ vault }: Pick<IncidentsDeps, 'vault'>): RecordKind => ({
  path: `${BUSINESS}technical-services/`,
  label: 'technical service',
  schemaId: 'TechnicalService',
  tags: ['incidents'],
  source: SERVICES,
  table: SERVICE,
  fields: {
    name: name(240),
    service_type: z.enum(['technical', 'logical']),
    description: text(10_000),
    hold_seconds: seconds,
    quiet_seconds: seconds,
    routing_key: routingKey.nullable().meta({
      ...{ type: ['string', 'null'], pattern: '^[0-9A-Za-z]{32}$', writeOnly: true },
      description: "PagerDuty's integration key; null removes it, without it the one there is stays",
    }),
  },
  defaults: {
    ...{ service_type: 'technical', description: '', hold_seconds: 0, quiet_seconds: 0 },
    // It cannot be read, so what is written back is without it.
    routing_key: undefined,
  },
  stored: async (trx, { routing_key, ...values }, { now }) => {
    if (routing_key === undefined) return values;
    const version =
      routing_key instanceof Secret ? await vault.keep(trx, 'routing_key', routing_key.reveal(), now) : null;
    return { ...values, routing_key: version };
  },
  afterwards: (trx, { username, now }) => lookAgain(trx, 'a technical service was changed', { actor: username, now }),
});
