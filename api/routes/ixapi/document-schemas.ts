import { z } from 'zod';

/** What the document says of the objects of an exchange, in the shapes of `store/ixapi/documents.ts`. */

const text = z.string().nullable();
const number = z.number().nullable();
const ids = z.array(z.string());
const named = z.object({ id: z.string(), name: text });

const status = z
  .object({ severity: z.int(), tag: z.string(), message: z.string(), timestamp: text })
  .meta({ id: 'IxApiStatus' });

/** What all of them have. */
export const ownedSchema = z.object({
  id: z.string(),
  type: z.string(),
  state: z.string(),
  status: z.array(status),
  managing_account: text,
  consuming_account: text,
});

export const serviceSchema = ownedSchema.extend({
  name: text,
  product_offering: named.nullable(),
  metro_area_network: named.nullable(),
  subnet_v4: text,
  subnet_v6: text,
  peeringdb_ixid: number,
  ixfdb_ixid: number,
  network_features: ids,
});

export const featureSchema = z.object({
  ...{ id: z.string(), type: z.string(), name: text, network_service: z.string(), required: z.boolean() },
  ...{ asn: number, fqdn: text, ip_v4: text, ip_v6: text, address_families: ids, session_mode: text },
  ...{ available_bgp_session_types: ids, looking_glass_url: text, flags: ids },
});

const validity = { valid_not_before: text, valid_not_after: text, validity: z.enum(['valid', 'expired', 'future']) };

const ip = z.object({
  ...{ id: z.string(), version: z.union([z.literal(4), z.literal(6)]), address: z.string(), prefix_length: z.int() },
  ...{ fqdn: text, ...validity },
});

const mac = z.object({ id: z.string(), address: z.string(), ...validity });

const vlanConfig = z.discriminatedUnion('vlan_type', [
  z.object({ vlan_type: z.literal('dot1q'), vlan: number, vlan_ethertype: text }),
  z.object({ vlan_type: z.literal('qinq'), outer_vlan: number, inner_vlan: number, outer_vlan_ethertype: text }),
  z.object({ vlan_type: z.literal('port') }),
]);

export const configSchema = ownedSchema.extend({
  ...{ network_service: z.string(), connection: text, vlan_config: vlanConfig.nullable() },
  capacity: number.meta({ description: 'Mbit/s' }),
  ...{ asns: z.array(z.int()), listed: z.boolean().nullable(), ips: z.array(ip), macs: z.array(mac) },
  ...{ unresolved: ids, network_feature_configs: ids, product_offering: text, external_ref: text },
  ...{ decommission_at: text, charged_until: text },
});

export const featureConfigSchema = ownedSchema.extend({
  ...{ network_feature: z.string(), network_service_config: z.string(), asn: number, ip: text },
  ...{ as_set_v4: text, as_set_v6: text, max_prefix_v4: number, max_prefix_v6: number },
  ...{ bgp_session_type: text, session_mode: text },
});

const port = z.object({
  ...{ id: z.string(), name: text, state: z.string(), status: z.array(status), media_type: text },
  speed: number.meta({ description: 'Mbit/s' }),
  ...{ operational_state: text, device: named.nullable(), pop: named.nullable() },
  facility: named.extend({ peeringdb_facility_id: number }).nullable(),
});

export const connectionSchema = ownedSchema.omit({ type: true }).extend({
  ...{ name: text, mode: z.string(), lacp_timeout: text, vlan_types: ids, outer_vlan_ethertypes: ids },
  speed: number.meta({ description: 'Mbit/s, of all ports together' }),
  ...{ capacity_allocated: number, ports: z.array(port), unresolved: ids, subscriber_side_demarcs: ids },
});
