import type { Addresses } from './compose-addresses';
import { readStatus } from './compose-status';
import type { NetworkFeatureConfig, NetworkServiceConfig, VlanConfig } from '../documents';
import { leftOut, readFlag, readId, readIds, readPart, readText, tellWrong, type Loose } from './loose';
import { readAsn, readAsns, readDay, readVlan, readWhole } from './loose-values';
import { resolve } from './names';

/** How a network service is used, with the addresses that it names. */
export function composeServiceConfig(row: Loose, { ips, macs }: Addresses): NetworkServiceConfig | null {
  const type = readText(row, 'type');
  const state = readText(row, 'state');
  const network_service = readId(row, 'network_service');
  if (type === null || state === null || network_service === null)
    return leftOut(row, { type, state, network_service });
  const ofIps = resolve(readIds(row, 'ips'), ips);
  const ofMacs = resolve(readIds(row, 'macs'), macs);
  return {
    id: row.id,
    type,
    state,
    network_service,
    status: readStatus(row),
    managing_account: readId(row, 'managing_account'),
    consuming_account: readId(row, 'consuming_account'),
    connection: readId(row, 'connection'),
    vlan_config: readVlanConfig(row),
    capacity: readWhole(row, 'capacity', 1),
    asns: readAsns(row, 'asns'),
    listed: readFlag(row, 'listed'),
    ips: ofIps.found,
    macs: ofMacs.found,
    unresolved: [...ofIps.missing, ...ofMacs.missing],
    network_feature_configs: readIds(row, 'network_feature_configs'),
    product_offering: readId(row, 'product_offering'),
    external_ref: readText(row, 'external_ref'),
    decommission_at: readDay(row, 'decommission_at'),
    charged_until: readDay(row, 'charged_until'),
  };
}

/** By its `vlan_type` (IX-API 2.1.0, schema VlanConfig). */
function readVlanConfig(row: Loose): VlanConfig | null {
  const part = readPart(row, 'vlan_config');
  if (part === null) return null;
  const vlan_type = readText(part, 'vlan_type');
  switch (vlan_type) {
    case 'port':
      return { vlan_type };
    case 'dot1q':
      return { vlan_type, vlan: readVlan(part, 'vlan'), vlan_ethertype: readText(part, 'vlan_ethertype') };
    case 'qinq':
      return {
        vlan_type,
        outer_vlan: readVlan(part, 'outer_vlan'),
        inner_vlan: readVlan(part, 'inner_vlan'),
        outer_vlan_ethertype: readText(part, 'outer_vlan_ethertype'),
      };
    default:
      return tellWrong(part, 'vlan_type', vlan_type, 'dot1q, qinq or port');
  }
}

/** How a feature is used: a session with a route server. Its password is not read. */
export function composeFeatureConfig(row: Loose): NetworkFeatureConfig | null {
  const type = readText(row, 'type');
  const state = readText(row, 'state');
  const network_feature = readId(row, 'network_feature');
  const network_service_config = readId(row, 'network_service_config');
  if (type === null || state === null || network_feature === null || network_service_config === null)
    return leftOut(row, { type, state, network_feature, network_service_config });
  return {
    id: row.id,
    type,
    state,
    network_feature,
    network_service_config,
    status: readStatus(row),
    managing_account: readId(row, 'managing_account'),
    consuming_account: readId(row, 'consuming_account'),
    asn: readAsn(row, 'asn'),
    ip: readId(row, 'ip'),
    as_set_v4: readText(row, 'as_set_v4'),
    as_set_v6: readText(row, 'as_set_v6'),
    max_prefix_v4: readWhole(row, 'max_prefix_v4'),
    max_prefix_v6: readWhole(row, 'max_prefix_v6'),
    bgp_session_type: readText(row, 'bgp_session_type'),
    session_mode: readText(row, 'session_mode'),
  };
}
