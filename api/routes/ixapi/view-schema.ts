import { z } from 'zod';
import { timeOut } from '../../http/schemas';
import {
  configSchema,
  connectionSchema,
  featureConfigSchema,
  featureSchema,
  ownedSchema,
  serviceSchema,
} from './document-schemas';

const family = z.object({ outcome: z.enum(['same', 'overlaps', 'other', 'unknown']), reason: z.string() });

const match = z
  .object({
    matched: z.boolean(),
    by: z.enum(['peeringdb_ixid', 'subnets']).nullable(),
    reason: z.string(),
    ipv4: family,
    ipv6: family,
  })
  .meta({ id: 'IxApiServiceMatch' });

const localConnection = z
  .object({
    id: z.int(),
    by: z.enum(['id', 'address']),
    differs: z.record(z.string(), z.object({ ixapi: z.unknown(), local: z.unknown() })),
  })
  .meta({ id: 'IxApiLocalConnection' });

const importable = z
  .object({
    action: z.enum(['create', 'link', 'update', 'skip']),
    reason: z.string().nullable(),
    waiting: z.boolean(),
  })
  .meta({ id: 'IxApiImportable' });

const ours = configSchema.extend({
  local_connection: localConnection.nullable(),
  importable: importable.nullable().meta({ description: 'null unless it is asked for' }),
  missing_features: z.array(z.string()),
});

const other = ownedSchema.pick({ id: true, type: true, state: true, status: true }).extend({
  connection: z.string().nullable(),
  network_service: z.string(),
  service: z.object({ type: z.string(), name: z.string().nullable(), state: z.string() }).nullable(),
});

const foreign = ownedSchema.pick({ id: true, state: true, consuming_account: true, managing_account: true }).extend({
  network_service: z.string(),
  asns: z.array(z.int()),
});

/** What an exchange has for us. */
export const shownSchema = z
  .object({
    ix_api: z.object({ id: z.int(), name: z.string(), api_url: z.string(), identity: z.string() }),
    health: z.looseObject({}).nullable(),
    version: z.string().nullable(),
    fetched_at: timeOut.nullable(),
    age: z.int().nullable().meta({ description: 'seconds since it was read' }),
    reason: z.string().nullable().meta({ description: 'why there is nothing to show' }),
    problems: z.array(z.object({ list: z.string(), id: z.string(), reason: z.string() })),
    network_services: z.array(serviceSchema.extend({ match })),
    network_features: z.array(featureSchema.extend({ configs: z.array(z.string()) })),
    network_service_configs: z.array(ours.meta({ id: 'IxApiNetworkServiceConfig' })),
    network_feature_configs: z.array(featureConfigSchema),
    connections: z.array(connectionSchema.extend({ network_service_configs: z.array(z.string()) })),
    others: z.object({ network_service_configs: z.array(other) }),
    foreign: z.object({ network_service_configs: z.array(foreign) }),
  })
  .meta({ id: 'InternetExchangeIxApi' });
