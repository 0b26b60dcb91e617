import fc from 'fast-check';
import type { Ip, NetworkServiceConfig, VlanConfig } from '../../../store/ixapi/documents';
import type { LocalConnection } from '../../../store/ixapi/exchange';
import { planImport } from '../../../store/ixapi/import/plan';
import { EXPIRED, ip, mac, networkServiceConfig, NOT_YET } from '../../helpers/ixapi-documents';
import { carriedOut, localConnection, worldOf } from '../../helpers/ixapi-import';

/** Few addresses, so that configs and connections meet. The last ones are beside the LAN. */
const V4 = ['192.0.2.1', '192.0.2.2', '192.0.2.3', '192.0.2.4', '198.51.100.1'];
const V6 = ['2001:db8::1', '2001:db8::2', '2001:db8::3', '2001:db8:1::1'];
const MACS = ['02:01:00:00:00:01', '02:01:00:00:00:02'];

const anyWindow = fc.constantFrom({}, {}, {}, EXPIRED, NOT_YET);
const anyIps = (addresses: readonly string[]): fc.Arbitrary<Ip[]> =>
  fc.array(fc.tuple(fc.constantFrom(...addresses), anyWindow), { maxLength: 2 }).map((all) => all.map(([address, window]) => ip(address, window))); // prettier-ignore
const anyVlan = fc.constantFrom<VlanConfig | null>(
  null,
  { vlan_type: 'port' },
  { vlan_type: 'dot1q', vlan: 100, vlan_ethertype: null },
  { vlan_type: 'dot1q', vlan: null, vlan_ethertype: null },
  { vlan_type: 'qinq', outer_vlan: 200, inner_vlan: 20, outer_vlan_ethertype: null },
  { vlan_type: 'qinq', outer_vlan: null, inner_vlan: 20, outer_vlan_ethertype: null },
);
const STATES = ['requested', 'testing', 'production', 'production', 'production', 'decommission_requested', 'error'];

const anyConfig = fc.record({
  state: fc.constantFrom(...STATES),
  consuming_account: fc.constantFrom('ACC-100', 'ACC-100', 'ACC-100', 'ACC-200'),
  asns: fc.constantFrom([64500], [], [64501, 64500], [64501]),
  ips: fc.tuple(anyIps(V4), anyIps(V6)).map((all) => all.flat()),
  macs: fc.array(fc.tuple(fc.constantFrom(...MACS), anyWindow), { maxLength: 2 }).map((all) => all.map(([address, window]) => mac(address, window))), // prettier-ignore
  vlan_config: anyVlan,
  connection: fc.constantFrom('CON-1', 'CON-9', null),
  capacity: fc.constantFrom(null, 1000),
});

const numbered = (configs: readonly Partial<NetworkServiceConfig>[]): NetworkServiceConfig[] =>
  configs.map((config, index) => networkServiceConfig({ ...config, id: `NSC-${index}` }));

const orNull = <T>(values: readonly T[]): fc.Arbitrary<T | null> => fc.option(fc.constantFrom(...values));
const anyLocal = fc
  .record({
    ipv4_address: orNull(V4.map((address) => `${address}/24`)),
    ipv6_address: orNull(V6.map((address) => `${address}/64`)),
    mac_address: orNull(MACS),
    vlan: orNull([100, 200]),
    inner_vlan: orNull([20]),
    ixapi_network_service_config: orNull(['NSC-0', 'NSC-1', 'NSC-2', 'NSC-8']),
  })
  .map((fields) => localConnection(fields));

/** Connections as the database has them: no address and no config twice. */
const distinct = (all: readonly LocalConnection[]): LocalConnection[] => {
  const seen = new Set<string>();
  const once = <T extends string | null>(value: T): T | null => {
    if (value === null || seen.has(value)) return null;
    seen.add(value);
    return value;
  };
  return all.map((one, index) => ({
    ...{ ...one, id: index + 1, ipv4_address: once(one.ipv4_address), ipv6_address: once(one.ipv6_address) },
    ixapi_network_service_config: once(one.ixapi_network_service_config),
  }));
};

const anyWorld = fc.record({
  configs: fc.array(anyConfig, { maxLength: 6, size: 'max' }).map(numbered),
  local: fc.array(anyLocal, { maxLength: 5, size: 'max' }).map(distinct),
});

test('a plan can be carried out in its order, and what was imported is not imported again, whatever was there', () => {
  const happened = { create: 0, link: 0, update: 0, skip: 0 };
  fc.assert(
    fc.property(anyWorld, ({ configs, local }) => {
      const plan = planImport(worldOf(configs, local));
      for (const { action } of plan) happened[action]++;
      const after = carriedOut(local, plan);
      const again = planImport(worldOf(configs, after));
      expect(again.filter(({ action }) => action !== 'skip')).toEqual([]);
      expect(again.map(({ network_service_config }) => network_service_config).sort()).toEqual(
        configs.map(({ id }) => id).sort(),
      );
    }),
    { numRuns: 500 },
  );
  for (const count of Object.values(happened)) expect(count).toBeGreaterThan(20);
});

test('what the exchange does not offer us touches no connection of ours, whatever was there', () => {
  fc.assert(
    fc.property(anyWorld, ({ configs, local }) => {
      const foreign = configs.map((config) => ({ ...config, consuming_account: 'ACC-200' }));
      expect(carriedOut(local, planImport(worldOf(foreign, local)))).toEqual(local);
    }),
    { numRuns: 50 },
  );
});
