import { findPort } from '../../../activities/ixapi/find-port';
import type { InterfaceAddress } from '../../../activities/netbox/interfaces';

const on = (interface_id: number, address: string): InterfaceAddress => ({
  ...{ address, interface: 'et-0/0/1', interface_id, enabled: true },
  ...{ mac_address: '02:00:00:00:00:0a', speed: 100_000, vlan: 10 },
});
const IPV4 = { ipv4_address: '192.0.2.1/24', ipv6_address: null };

test('the interface of a connection is the one that has its address, whatever the prefix length', () => {
  expect(findPort([on(1, '198.51.100.1/24'), on(2, '192.0.2.1/23')], IPV4)).toEqual({
    ...{ interface: 'et-0/0/1', enabled: true, mac_address: '02:00:00:00:00:0a', speed: 100_000, vlan: 10 },
    ...{ ipv4_address: '192.0.2.1/23', ipv6_address: null },
  });
});

test('addresses are equal however IPv6 spells them', () => {
  const found = findPort([on(1, '2001:DB8:0:0::1/64')], { ipv4_address: null, ipv6_address: '2001:db8::1/64' });
  expect(found?.ipv6_address).toBe('2001:DB8:0:0::1/64');
});

test('the other address is that of the same interface, where it differs from ours too, and never a link-local one', () => {
  const both = { ...IPV4, ipv6_address: '2001:db8::1/64' };
  const others = [on(1, 'fe80::1/64'), on(1, '2001:db8::2/64'), on(2, '2001:db8::3/64')];
  expect(findPort([...others, on(1, '192.0.2.1/24')], both)).toMatchObject({ ipv6_address: '2001:db8::2/64' });
  expect(findPort([on(1, '2001:db8::2/64'), on(1, '2001:db8::1/64'), on(1, '192.0.2.1/24')], both)).toMatchObject({
    ipv4_address: '192.0.2.1/24',
    ipv6_address: '2001:db8::1/64',
  });
});

test('there is no interface for a connection without addresses, or whose addresses are on none', () => {
  expect(findPort([on(1, '192.0.2.2/24')], IPV4)).toBeNull();
  expect(findPort([on(1, '192.0.2.1/24')], { ipv4_address: null, ipv6_address: null })).toBeNull();
  expect(findPort([], IPV4)).toBeNull();
});
