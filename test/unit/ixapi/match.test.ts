import fc from 'fast-check';
import type { NetworkService } from '../../../store/ixapi/documents';
import type { LinkedExchange } from '../../../store/ixapi/exchange';
import { matchServices, type ServiceMatch } from '../../../store/ixapi/match/services';

const service = (other: Partial<NetworkService> = {}): NetworkService => ({
  ...{ id: 'NS-1', type: 'exchange_lan', state: 'production', status: [], name: 'LAN' },
  ...{ managing_account: null, consuming_account: null, product_offering: null, metro_area_network: null },
  ...{ subnet_v4: null, subnet_v6: null, peeringdb_ixid: null, ixfdb_ixid: null, network_features: [] },
  ...other,
});

const V4 = '198.18.0.0/20';
const V6 = '2001:db8:1::/64';

type Exchange = Pick<LinkedExchange, 'peeringdb_ixid' | 'prefixes'>;

const exchange = (peeringdb_ixid: number | null, ...prefixes: string[]): Exchange => ({ peeringdb_ixid, prefixes });

const match = (ours: Exchange, other: Partial<NetworkService>): ServiceMatch | undefined =>
  matchServices(ours, [service(other)])[0];

test('a LAN is told by the id of PeeringDB, whatever subnets it shows', () => {
  const found = match(exchange(26, V4), { peeringdb_ixid: 26 });
  expect(found).toMatchObject({ matched: true, by: 'peeringdb_ixid', ipv4: { outcome: 'unknown' } });
  expect(found?.reason).toBe("both name PeeringDB's exchange 26");
});

test('subnets that differ make a match by id doubtful, and the reason has both', () => {
  const found = match(exchange(26, V4), { peeringdb_ixid: 26, subnet_v4: '203.0.113.0/24' });
  expect(found).toMatchObject({ matched: true, by: 'peeringdb_ixid', ipv4: { outcome: 'other' } });
  expect(found?.reason).toMatch(/doubtful: IPv4: the service has 203\.0\.113\.0\/24, our exchange 198\.18\.0\.0\/20/);
});

test('different ids of PeeringDB are no match, even with the same subnets', () => {
  const found = match(exchange(26, V4, V6), { peeringdb_ixid: 27, subnet_v4: V4, subnet_v6: V6 });
  expect(found).toMatchObject({ matched: false, by: null, ipv4: { outcome: 'same' }, ipv6: { outcome: 'same' } });
  expect(found?.reason).toMatch(
    /^the service is PeeringDB's exchange 27, our exchange is 26\. One of the ids is wrong/,
  );
  expect(match(exchange(26, V4), { peeringdb_ixid: 27 })?.reason).not.toMatch(/wrong/);
});

test.each<[string, readonly string[], Partial<NetworkService>, readonly [string, string]]>([
  ['the same subnets', [V4, V6], { subnet_v4: V4, subnet_v6: V6 }, ['same', 'same']],
  ['another spelling', [V6], { subnet_v6: '2001:0DB8:0001:0::/64' }, ['unknown', 'same']],
  ['host bits', ['198.18.0.7/20'], { subnet_v4: '198.18.15.1/20' }, ['same', 'unknown']],
  ['a LAN that was enlarged', ['198.18.0.0/21'], { subnet_v4: V4 }, ['overlaps', 'unknown']],
  ['a LAN that is larger here', [V4], { subnet_v4: '198.18.8.0/21' }, ['overlaps', 'unknown']],
  ['one family on their side', [V4, V6], { subnet_v4: V4 }, ['same', 'unknown']],
  ['one family on ours', [V6], { subnet_v4: V4, subnet_v6: V6 }, ['unknown', 'same']],
  ['one of several prefixes', ['203.0.113.0/24', V4], { subnet_v4: V4 }, ['same', 'unknown']],
])('without ids subnets match: %s', (_what, prefixes, shown, outcomes) => {
  const found = match(exchange(null, ...prefixes), shown);
  expect(found).toMatchObject({ matched: true, by: 'subnets' });
  expect([found?.ipv4.outcome, found?.ipv6.outcome]).toEqual(outcomes);
  expect(found?.reason).toContain('neither names an exchange of PeeringDB; the subnets match: IPv4: ');
});

test.each<[string, readonly string[], Partial<NetworkService>, readonly [string, string]]>([
  ['one family is another', [V4, V6], { subnet_v4: V4, subnet_v6: '2001:db8:2::/64' }, ['same', 'other']],
  ['a neighbouring subnet', [V4], { subnet_v4: '198.18.16.0/20' }, ['other', 'unknown']],
  ['nothing known here', [], { subnet_v4: V4, subnet_v6: V6 }, ['unknown', 'unknown']],
  ['nothing shown', [V4, V6], {}, ['unknown', 'unknown']],
  ['no common family', [V4], { subnet_v6: V6 }, ['unknown', 'unknown']],
  ['everything', [V4, V6], { subnet_v4: '0.0.0.0/0', subnet_v6: '::/0' }, ['unknown', 'unknown']],
  ['our everything', ['0.0.0.0/0', 'rubbish'], { subnet_v4: V4 }, ['unknown', 'unknown']],
  ['the families mixed up', [V4, V6], { subnet_v4: V6, subnet_v6: V4 }, ['unknown', 'unknown']],
  ['no CIDR', [V4], { subnet_v4: '198.18/20', subnet_v6: 'fe80::1%eth0/64' }, ['unknown', 'unknown']],
])('without ids subnets do not match: %s', (_what, prefixes, shown, outcomes) => {
  const found = match(exchange(null, ...prefixes), shown);
  expect(found).toMatchObject({ matched: false, by: null });
  expect([found?.ipv4.outcome, found?.ipv6.outcome]).toEqual(outcomes);
});

test('subnets tell a LAN where only one side has an id, and the reason says which has none', () => {
  expect(match(exchange(26, V4), { subnet_v4: V4 })).toMatchObject({ matched: true, by: 'subnets' });
  expect(match(exchange(26, V4), { subnet_v4: V4 })?.reason).toMatch(/^the service names no exchange of PeeringDB/);
  expect(match(exchange(null, V4), { peeringdb_ixid: 26, subnet_v4: V4 })?.reason).toMatch(/^our exchange names none/);
});

test.each(['p2p_vc', 'p2mp_vc', 'mp2mp_vc', 'cloud_vc', 'quantum_lan'])(
  'a %s is no LAN, even with its subnets',
  (type) => {
    const found = match(exchange(26, V4), { type, peeringdb_ixid: 26, subnet_v4: V4 });
    expect(found).toMatchObject({ matched: false, by: null, ipv4: { outcome: 'unknown' } });
    expect(found?.reason).toBe(`a service of type ${type} has no peering LAN`);
  },
);

const lan = (id: string, other: Partial<NetworkService>): NetworkService => service({ id, ...other });

const matched = (ours: Exchange, services: readonly NetworkService[]): string[] =>
  matchServices(ours, services).flatMap((one) => (one.matched ? [one.network_service] : []));

test('of several LANs with the id of one exchange the subnets decide', () => {
  const id = { peeringdb_ixid: 26 };
  const other = lan('other', { ...id, subnet_v4: '203.0.113.0/24' });
  const silent = lan('silent', id);
  const half = lan('half', { ...id, subnet_v4: V4, subnet_v6: '2001:db8:2::/64' });
  const whole = lan('whole', { ...id, subnet_v4: V4 });
  expect(matched(exchange(26, V4, V6), [other, silent, half, whole])).toEqual(['whole']);
  expect(matched(exchange(26, V4, V6), [other, silent, half])).toEqual(['half']);
  expect(matched(exchange(26, V4, V6), [other, silent])).toEqual(['other', 'silent']);
  expect(matched(exchange(26), [other, silent, whole])).toEqual(['other', 'silent', 'whole']);
  expect(matchServices(exchange(26, V4), [other, whole])[0]?.reason).toMatch(/the LAN is rather whole/);
});

test('a LAN without an id, but with the subnets, comes before one with the id and other subnets', () => {
  const other = lan('other', { peeringdb_ixid: 26, subnet_v4: '203.0.113.0/24' });
  expect(matched(exchange(26, V4), [other, lan('exact', { subnet_v4: V4 })])).toEqual(['exact']);
});

const anyServices = fc.array(
  fc.record({
    peeringdb_ixid: fc.constantFrom(null, 1, 2),
    subnet_v4: fc.constantFrom(null, V4, '198.18.0.0/21', '203.0.113.0/24', '0.0.0.0/0', '/'),
    subnet_v6: fc.oneof(fc.constantFrom(null, V6, '2001:db8::/32', '::/0'), fc.string()),
    type: fc.constantFrom('exchange_lan', 'exchange_lan', 'p2p_vc'),
  }),
  { maxLength: 6 },
);

test('every service is answered in its place, and none is matched against what it says', () => {
  const ours = fc.record({
    peeringdb_ixid: fc.constantFrom(null, 1),
    prefixes: fc.array(fc.oneof(fc.constantFrom(V4, V6, '203.0.113.0/24'), fc.string()), { maxLength: 3 }),
  });
  fc.assert(
    fc.property(ours, anyServices, (mine, shown) => {
      const services = shown.map((other, n) => lan(`NS-${n}`, other));
      const matches = matchServices(mine, services);
      expect(matches.map(({ network_service }) => network_service)).toEqual(services.map(({ id }) => id));
      for (const [n, one] of matches.entries()) {
        expect(one.matched).toBe(one.by !== null);
        expect(one.reason).not.toBe('');
        if (!one.matched) continue;
        expect(services[n]?.type).toBe('exchange_lan');
        const outcomes = [one.ipv4.outcome, one.ipv6.outcome];
        if (one.by === 'peeringdb_ixid') expect(services[n]?.peeringdb_ixid).toBe(mine.peeringdb_ixid);
        else expect(outcomes).not.toContain('other');
      }
    }),
  );
});
