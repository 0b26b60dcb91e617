import { OBJECT_TAGS } from '../../../store/peeringdb/objects';
import type { Row } from '../../fakes/peeringdb/store';
import { expectEqual, expectThat, synchronise, type Step } from '../stage';

/** Until something was published, readers are told so instead of being given nothing. */
const empty: Step = {
  title: 'The cache is empty, and says so',
  play: async ({ product, show }) => {
    const { status, body } = await product.get<{ detail: string }>('/api/peeringdb/networks/?asn=64500');
    show.say(`GET /api/peeringdb/networks/?asn=64500 → ${status}: ${body.detail}`);
    expectThat(status === 409, `an empty cache answers ${status}: expected 409`);
    return 'lists answer 409 with what to do';
  },
};

const fill: Step = {
  title: 'A first full synchronisation fills it',
  play: async (stage) => {
    const { product, fake, show } = stage;
    show.say('$ crossconnect peeringdb sync');
    const began = performance.now();
    const { code, stdout } = await product.cli('peeringdb', 'sync');
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    show.quote(stdout);
    expectThat(code === 0, `the command ends with code ${code}: expected 0`);
    const { body } = await product.get<Record<string, number>>('/api/peeringdb/cache/statistics/');
    const rows = OBJECT_TAGS.map((tag) => ({
      tag,
      upstream: fake.state.liveRows(tag, 'anonymous').length,
      here: body[`${tag}-count`] ?? 0,
    }));
    show.table([['type', 'upstream', 'here'], ...rows.map(({ tag, upstream, here }) => [tag, upstream, here])]);
    const wrong = rows.find(({ upstream, here }) => upstream !== here);
    expectThat(wrong === undefined, `the counts of ${wrong?.tag ?? ''} differ`);
    return `${await expectEqual(stage)}, after ${seconds} s`;
  },
};

/** The network with the most ports. */
export function busiest(ports: readonly Row[]): number {
  const counts = new Map<number, number>();
  for (const { asn } of ports) counts.set(asn as number, (counts.get(asn as number) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? 0;
}

const ask: Step = {
  title: 'It answers questions, with the field names of PeeringDB and the filters of NetBox',
  play: async ({ product, fake, show }) => {
    const ports = fake.state.liveRows('netixlan', 'anonymous');
    const asn = busiest(ports);
    const query = `?asn=${asn}&speed__gte=10000&ordering=-speed&limit=1000`;
    show.say(`GET /api/peeringdb/network-ixlans/${query}`);
    const { body } = await product.get<{ count: number; results: Row[] }>(`/api/peeringdb/network-ixlans/${query}`);
    const shown = body.results.slice(0, 5).map(({ name, ipaddr4, ipaddr6, speed }) => {
      return [String(name), String(ipaddr4), String(ipaddr6), speed as number];
    });
    show.table([['name', 'ipaddr4', 'ipaddr6', 'speed'], ...shown]);
    const upstream = ports.filter((port) => port.asn === asn && (port.speed as number) >= 10_000);
    const idsOf = (rows: readonly Row[]): string =>
      rows
        .map(({ id }) => id as number)
        .sort((a, b) => a - b)
        .join();
    expectThat(idsOf(body.results) === idsOf(upstream), 'the ports are not those that upstream has');
    expectThat(body.count === upstream.length, `count is ${body.count}: expected ${upstream.length}`);
    return `the ${body.count} ports of AS${asn} with 10 Gbit/s or more, as upstream has them`;
  },
};

const nothingNew: Step = {
  title: 'Nothing new upstream: 13 requests, nothing written',
  play: async (stage) => {
    stage.fake.requests.splice(0);
    const result = await synchronise(stage, 'incremental');
    stage.show.say(result.summary);
    const asked = stage.fake.requests.length;
    expectThat(asked === 13, `it asked upstream ${asked} times: expected 13, one for each type`);
    const { created, updated, deleted } = result;
    expectThat(created + updated + deleted === 0, 'it wrote rows although nothing had changed');
    return '13 requests, no row created, updated or deleted';
  },
};

/** From nothing to a cache that can be asked. */
export const FILL: readonly Step[] = [empty, fill, ask, nothingNew];
