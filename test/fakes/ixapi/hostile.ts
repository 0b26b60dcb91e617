import type { Collection } from './model';

/** A change that no client should trip over. */
export interface Hostile {
  readonly collection: Collection;
  readonly changes: Readonly<Record<string, unknown>>;
}

const inConfig = (changes: Readonly<Record<string, unknown>>): Hostile => ({
  collection: 'network-service-configs',
  changes,
});
const inService = (changes: Readonly<Record<string, unknown>>): Hostile => ({
  collection: 'network-services',
  changes,
});
const inIp = (changes: Readonly<Record<string, unknown>>): Hostile => ({ collection: 'ips', changes });
const inMac = (changes: Readonly<Record<string, unknown>>): Hostile => ({ collection: 'macs', changes });

const status = (message: unknown, severity: unknown = 6): Readonly<Record<string, unknown>> => ({
  status: [{ severity, tag: 'hostile', message, attrs: {}, timestamp: 'yesterday' }],
});

/** Values out of range, of other types, missing, dangling, or dangerous where they are shown, stored or compared. */
export const HOSTILE: Readonly<Record<string, Hostile>> = {
  'script-in-name': inService({ name: '<script>alert(1)</script><img src=x onerror=alert(2)>' }),
  'zero-byte-in-name': inService({ name: 'a\u0000b' }),
  'lone-surrogate-in-name': inService({ name: 'a\ud800b' }),
  'overlong-name': inService({ name: 'x'.repeat(100_000) }),
  'right-to-left-name': inService({ name: '\u202egnp.exe' }),
  'subnet-no-cidr': inService({ subnet_v4: 'not a subnet' }),
  'subnet-null': inService({ subnet_v4: null, subnet_v6: null }),
  'subnet-everything': inService({ subnet_v4: '0.0.0.0/0', subnet_v6: '::/0' }),
  'subnet-with-host-bits': inService({ subnet_v4: '198.18.0.77/20' }),
  'ixid-text': inService({ peeringdb_ixid: '1' }),
  'ixid-negative': inService({ peeringdb_ixid: -1 }),
  'unknown-service-type': inService({ type: 'quantum_lan' }),
  'unknown-config-type': inConfig({ type: 'quantum_lan' }),
  'unknown-state': inConfig({ state: 'on_holiday' }),
  'vlan-zero': inConfig({ vlan_config: { vlan_type: 'dot1q', vlan: 0 } }),
  'vlan-too-large': inConfig({ vlan_config: { vlan_type: 'dot1q', vlan: 4096 } }),
  'vlan-text': inConfig({ vlan_config: { vlan_type: 'dot1q', vlan: '100' } }),
  'vlan-missing': inConfig({ vlan_config: { vlan_type: 'dot1q' } }),
  'vlan-config-null': inConfig({ vlan_config: null }),
  'unknown-vlan-type': inConfig({ vlan_config: { vlan_type: 'vxlan', vni: 1 } }),
  'asn-too-large': inConfig({ asns: [4_294_967_296] }),
  'asn-negative': inConfig({ asns: [-1] }),
  'asn-text': inConfig({ asns: ['AS64500'] }),
  'asns-empty': inConfig({ asns: [] }),
  'capacity-huge': inConfig({ capacity: 1e21 }),
  'capacity-zero': inConfig({ capacity: 0 }),
  'ips-null': inConfig({ ips: null }),
  'macs-missing': inConfig({ macs: undefined }),
  'ip-dangling': inConfig({ ips: ['IP-NONE'] }),
  'mac-dangling': inConfig({ macs: ['MAC-NONE'] }),
  'connection-dangling': inConfig({ connection: 'CON-NONE' }),
  'service-dangling': inConfig({ network_service: 'NS-NONE' }),
  'id-number': inConfig({ id: 7 }),
  'status-null': inConfig({ status: null }),
  'status-script': inConfig(status('<script>alert(1)</script>')),
  'status-no-severity': inConfig(status('odd', 'high')),
  'prototype-field': inConfig(
    JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}') as object as Readonly<Record<string, unknown>>,
  ),
  'decommission-no-date': inConfig({ decommission_at: 'soon' }),
  'ip-no-address': inIp({ address: 'not an address' }),
  'ip-with-length': inIp({ address: '198.18.0.10/20' }),
  'ip-version-wrong': inIp({ version: 6, address: '198.18.0.10' }),
  'ip-mapped': inIp({ version: 6, address: '::ffff:198.18.0.10' }),
  'prefix-length-too-large': inIp({ prefix_length: 129 }),
  'validity-no-date': inIp({ valid_not_after: 'never' }),
  'validity-reversed': inIp({ valid_not_before: '2030-01-01T00:00:00Z', valid_not_after: '2020-01-01T00:00:00Z' }),
  'mac-dashes': inMac({ address: '02-00-00-00-00-01' }),
  'mac-dots': inMac({ address: '0200.0000.0001' }),
  'mac-multicast': inMac({ address: '01:00:5e:00:00:01' }),
  'mac-broadcast': inMac({ address: 'ff:ff:ff:ff:ff:ff' }),
  'mac-no-address': inMac({ address: 'none' }),
};
