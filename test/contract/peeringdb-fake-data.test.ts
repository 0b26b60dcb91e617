import ipaddr from 'ipaddr.js';
import { OBJECTS, OBJECT_TAGS, type ObjectTag } from '../../store/peeringdb/objects';
import { generate } from '../fakes/peeringdb/generate';
import { createTopology } from '../fakes/peeringdb/generate/topology';
import { createRng } from '../fakes/peeringdb/rng';
import { sizesAt } from '../fakes/peeringdb/sizes';
import { rowOf, textOf, type Row, type Store } from '../fakes/peeringdb/store';

const liveIn = (store: Store, tag: ObjectTag): Row[] =>
  store[tag].entries.filter(({ status }) => status === 'ok').map(rowOf);
const bytesOf = (store: Store): string =>
  OBJECT_TAGS.map((tag) => store[tag].entries.map(textOf).join('\n')).join('\n');

/** What is wrong with a row, by the rules of its type. */
function complaints(store: Store, tag: ObjectTag, row: Row): string[] {
  const { columns, parents } = OBJECTS[tag];
  const wrong = columns.filter(({ name, maxLength = Infinity, required }) => {
    const value = row[name] ?? null;
    return (value === null && required === true) || (typeof value === 'string' && value.length > maxLength);
  });
  const orphaned = parents.filter(
    (parent) => store[parent.tag].byId.get(row[parent.column] as number)?.status !== 'ok',
  );
  return [...wrong.map(({ name }) => name), ...orphaned.map(({ column }) => column)].map(
    (column) => `${tag} ${row.id as number}: ${column}`,
  );
}

describe('generated data', () => {
  const store = generate(11, 0.05);

  test('the same seed gives the same bytes, another seed others', () => {
    expect(bytesOf(generate(7, 0.003))).toBe(bytesOf(generate(7, 0.003)));
    expect(bytesOf(generate(8, 0.003))).not.toBe(bytesOf(generate(7, 0.003)));
  });

  test('full size has the rows and, going by a twentieth of it, the bytes of PeeringDB', () => {
    const total = (of: 'live' | 'deleted'): number => OBJECT_TAGS.reduce((sum, tag) => sum + sizesAt(1)[tag][of], 0);
    expect([total('live'), total('deleted')]).toEqual([276_651, 88_000]);
    const megabytes = (tag: ObjectTag): number => {
      const live = store[tag].entries.filter(({ status }) => status === 'ok');
      const bytes = live.reduce((sum, { start, end }) => sum + end - start + 2, 0);
      return ((bytes / live.length) * sizesAt(1)[tag].live) / 1e6;
    };
    const expected = { net: 44.9, netixlan: 26.5, org: 16.3, netfac: 15, poc: 13.7 };
    for (const [tag, size] of Object.entries(expected))
      expect(Math.abs(megabytes(tag as ObjectTag) / size - 1)).toBeLessThan(0.1);
    const sum = OBJECT_TAGS.reduce((whole, tag) => whole + megabytes(tag), 0);
    expect(Math.abs(sum / 127 - 1)).toBeLessThan(0.05);
  });

  test('at full size the largest exchanges have 900 to 2,450 ports and a handful of networks are everywhere', () => {
    const { ports } = createTopology(createRng(1), 1);
    expect(ports.length).toBe(66_341);
    const portsAt = new Map<number, number>();
    const exchangesOf = new Map<number, Set<number>>();
    for (const { net, ix } of ports) {
      portsAt.set(ix, (portsAt.get(ix) ?? 0) + 1);
      exchangesOf.set(net, (exchangesOf.get(net) ?? new Set()).add(ix));
    }
    const largest = [...portsAt.values()].sort((left, right) => right - left);
    expect(largest[0]).toBeLessThanOrEqual(2450);
    expect(largest[7]).toBeGreaterThanOrEqual(900);
    const everywhere = [...exchangesOf.values()].filter(({ size }) => size >= 300).length;
    expect(everywhere).toBeGreaterThanOrEqual(3);
    expect(everywhere).toBeLessThan(20);
  });

  test.each([0.001, 0.02])('every live row keeps the rules of its type and has live parents at scale %d', (scale) => {
    const small = generate(2, scale);
    expect(OBJECT_TAGS.flatMap((tag) => liveIn(small, tag).flatMap((row) => complaints(small, tag, row)))).toEqual([]);
    const asns = liveIn(small, 'net').map(({ asn }) => asn);
    expect(new Set(asns).size).toBe(asns.length);
  });

  test('addresses are canonical, unique and inside a prefix of their exchange, some ports have one family only', () => {
    const prefixes = new Map<number, [ipaddr.IPv4 | ipaddr.IPv6, number][]>();
    for (const { ixlan_id, prefix } of liveIn(store, 'ixpfx')) {
      const list = prefixes.get(ixlan_id as number) ?? [];
      prefixes.set(ixlan_id as number, [...list, ipaddr.parseCIDR(prefix as string)]);
    }
    const seen = new Set<string>();
    const kinds = new Set<string>();
    for (const { ipaddr4, ipaddr6, ixlan_id, ix_id } of liveIn(store, 'netixlan')) {
      expect(ixlan_id).toBe(ix_id);
      kinds.add([ipaddr4, ipaddr6].map((address) => (address === null ? '-' : '+')).join(''));
      for (const address of [ipaddr4, ipaddr6].filter((one) => one !== null) as string[]) {
        const parsed = ipaddr.parse(address);
        if (parsed.toString() !== address) throw new Error(`${address} is not canonical`);
        const fits = prefixes
          .get(ixlan_id as number)!
          .some(([net, length]) => parsed.kind() === net.kind() && parsed.match([net, length] as never));
        expect(fits).toBe(true);
        expect(seen.has(address)).toBe(false);
        seen.add(address);
      }
    }
    expect(kinds).toEqual(new Set(['++', '+-', '-+']));
  });

  test('the large exchanges run route servers, on two ports and not as their own peers', () => {
    const nets = new Map(liveIn(store, 'net').map((row) => [row.asn, row]));
    const ports = liveIn(store, 'netixlan');
    const lans = liveIn(store, 'ixlan').filter(({ rs_asn }) => rs_asn !== 0);
    expect(lans.length).toBeGreaterThan(10);
    for (const { id, rs_asn } of lans) {
      expect(nets.get(rs_asn)).toMatchObject({ info_type: 'Route Server', info_types: ['Route Server'] });
      const own = ports.filter(({ asn, ixlan_id }) => asn === rs_asn && ixlan_id === id);
      expect(own.map(({ is_rs_peer }) => is_rs_peer)).toEqual([false, false]);
    }
    expect(ports.some(({ operational }) => operational === false)).toBe(true);
  });

  test('counters agree with the rows they count', () => {
    const ports = liveIn(store, 'netixlan');
    for (const { id, ix_count } of liveIn(store, 'net').slice(0, 50))
      expect(new Set(ports.filter(({ net_id }) => net_id === id).map(({ ix_id }) => ix_id)).size).toBe(ix_count);
    const presences = liveIn(store, 'netfac');
    for (const { id, net_count } of liveIn(store, 'fac').slice(0, 50))
      expect(presences.filter(({ fac_id }) => fac_id === id).length).toBe(net_count);
  });
});
