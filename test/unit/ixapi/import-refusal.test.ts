import { planImport } from '../../../store/ixapi/import/plan';
import type { NetworkServiceConfig } from '../../../store/ixapi/documents';
import {
  EXPIRED,
  FUTURE,
  ip,
  networkService,
  networkServiceConfig,
  NOT_YET,
  PAST,
} from '../../helpers/ixapi-documents';
import { localConnection, planOf, worldOf } from '../../helpers/ixapi-import';

const status = (message: string): NetworkServiceConfig['status'] => [
  { severity: 5, tag: 'a_tag', message, timestamp: null },
];

const DUAL = [ip('192.0.2.1'), ip('2001:db8::1')];

test.each<[string, Partial<NetworkServiceConfig>, string, boolean]>([
  ['requested', { state: 'requested', ips: [], status: status('pending') }, 'its state is requested; it has no addresses yet; pending', true],
  ['requested, with addresses', { state: 'requested' }, 'its state is requested', true],
  ['scheduled', { state: 'scheduled', ips: [ip('192.0.2.1', NOT_YET)] }, `its state is scheduled; its addresses are valid from ${FUTURE}`, true],
  ['decommissioned', { state: 'decommissioned' }, 'its state is decommissioned', false],
  ['archived', { state: 'archived', ips: [] }, 'its state is archived', false],
  ['in error', { state: 'error', status: status('no light') }, 'its state is error; no light', false],
  ["in an operator's hands", { state: 'operator', status: status('somebody looks at it') }, 'its state is operator; somebody looks at it', false],
  ['of a state of tomorrow', { state: 'dreaming' }, 'its state is dreaming; what that means is not known here', false],
  ['to be over already', { state: 'decommission_requested', decommission_at: '2026-06-30' }, 'its state is decommission_requested; it was in service until 2026-06-30', false],
  ['without addresses', { ips: [], status: status('soon') }, 'it has no addresses yet; soon', true],
  ['of expired addresses', { ips: DUAL.map((one) => ({ ...one, ...EXPIRED })) }, `its addresses were valid until ${PAST}`, true],
  ['of future addresses', { ips: [ip('192.0.2.1', EXPIRED), ip('192.0.2.2', NOT_YET)] }, `its addresses are valid from ${FUTURE}`, true],
  ['without addresses, to be over', { state: 'decommission_requested', decommission_at: '2040-06-30', ips: [] }, 'it has no addresses yet', false],
  ['that the exchange routes', { connection: null, vlan_config: null, ips: [] }, 'it has no connection and no VLAN: what the exchange routes itself becomes no connection of ours', false],
  ['of another LAN', { ips: [ip('198.51.100.1'), ip('2001:db8::1')] }, 'its address 198.51.100.1 is not in 192.0.2.0/24, the subnet of its LAN', false],
  ['of another IPv6 LAN', { ips: [ip('192.0.2.1'), ip('2001:db8:1::1')] }, 'its address 2001:db8:1::1 is not in 2001:db8::/64, the subnet of its LAN', false],
  ['of a sub-account', { consuming_account: 'ACC-200' }, 'it is consumed by ACC-200, not by ACC-100', false],
  ['of nobody', { consuming_account: null }, 'the exchange does not say who consumes it, it may not be ACC-100', false],
  ['of other ASNs', { asns: [64501, 64502] }, 'it is for AS64501, AS64502, not for AS64500', false],
  ['of another type', { type: 'p2p_vc' }, 'its type is p2p_vc: only exchange_lan becomes a connection', false],
])('a config %s is skipped, and says why', (_, fields, reason, waiting) => {
  const config = networkServiceConfig(fields);
  expect(planOf(config)).toEqual({
    ...{ network_service_config: 'NSC-1', action: 'skip', connection: null, values: {}, changes: {}, reason, waiting },
  });
  const linked = localConnection({ id: 7, ixapi_network_service_config: 'NSC-1' });
  expect(planOf(config, [linked])).toMatchObject({ action: 'skip', connection: 7, reason, waiting });
}); // prettier-ignore

test('configs of another LAN of the exchange are mentioned only where they are asked for', () => {
  const network_services = [networkService(), networkService({ id: 'NS-2', peeringdb_ixid: 21 })];
  const configs = [networkServiceConfig(), networkServiceConfig({ id: 'NSC-2', network_service: 'NS-2' })];
  const world = worldOf(configs, [], { network_services });
  expect(planImport(world).map(({ network_service_config }) => network_service_config)).toEqual(['NSC-1']);
  const [second] = planImport(world, 'NSC-2');
  expect(second).toMatchObject({ action: 'skip', waiting: false });
  expect(second?.reason).toBe(
    `its network service NS-2 is not this internet exchange: ${world.matches[1]?.reason ?? ''}`,
  );
});

test('a config of a service that is not shown, and one that is not shown itself, are skipped where they are asked for', () => {
  const world = worldOf([networkServiceConfig({ network_service: 'NS-9' })]);
  expect(planImport(world)).toEqual([]);
  expect(planImport(world, ['NSC-1', 'NSC', 'NSC']).map(({ reason }) => reason)).toEqual([
    'the exchange shows no such network service config',
    'the exchange does not show its network service NS-9',
  ]);
});
