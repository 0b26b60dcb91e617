import type { Row } from '../../fakes/peeringdb/store';
import type { FakePeeringdb } from '../../fakes/peeringdb/server';
import { expectThat, type Stage, type Step } from '../stage';
import { busiest } from './fill';

const AUTONOMOUS_SYSTEMS = '/api/peering/autonomous-systems/';
const IMPORT = '/api/peering/internet-exchanges/peeringdb-import/';
const PEERS = '/api/peering/available-peers/';
const FROM_PEERINGDB = '/api/peering/internet-exchange-peering-sessions/from-peeringdb/';
const SERVERS = ['Route Server', 'Route Collector'];
const SHOWN = 8;

interface Page<T = Row> {
  readonly count: number;
  readonly results: readonly T[];
}
interface Made {
  readonly created: readonly Row[];
  readonly skipped: readonly { readonly reason: string }[];
}
interface Peer {
  readonly id: number;
  readonly asn: number;
  readonly name: string;
  readonly ipaddr4: string | null;
  readonly ipaddr6: string | null;
  readonly speed: number;
  readonly policy_general: string | null;
  readonly missing: readonly { readonly connection: number; readonly family: number }[];
}

const portsOf = ({ state }: FakePeeringdb): Row[] => state.liveRows('netixlan', 'anonymous');
const ownAsnOf = ({ fake }: Stage): number => busiest(portsOf(fake));

/** Posts, and throws unless the answer has the expected status. */
async function post<T>({ product }: Stage, path: string, body: object, expected: number): Promise<T> {
  const answer = await product.post<T>(path, body);
  expectThat(answer.status === expected, `POST ${path} answers ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

const own: Step = {
  title: 'We are the network with the most ports: they become our connections, and nobody types an address',
  play: async (stage) => {
    const asn = ownAsnOf(stage);
    await post(stage, AUTONOMOUS_SYSTEMS, { asn, name: 'Our network', affiliated: true }, 201);
    stage.show.say(`POST ${IMPORT} {"asn": ${asn}}`);
    const { created, skipped } = await post<Made>(stage, IMPORT, { asn }, 200);
    const upstream = portsOf(stage.fake).filter((port) => port['asn'] === asn).length;
    expectThat(skipped.length === 0, `${skipped.length} ports were skipped: ${skipped[0]?.reason ?? ''}`);
    expectThat(created.length === upstream, `${created.length} connections were made of ${upstream} ports`);
    const exchanges = new Set(created.map((port) => port['internet_exchange'])).size;
    return `AS${asn} has ${created.length} connections at ${exchanges} exchanges, as PeeringDB has its ports`;
  },
};

/** The network that is at the most exchanges of ours. */
function neighbourOf(ports: readonly Row[], asn: number): number {
  const lans = new Set(ports.filter((port) => port['asn'] === asn).map((port) => port['ixlan_id']));
  const seen = ports.filter((port) => port['asn'] !== asn && lans.has(port['ixlan_id']));
  const once = new Map(seen.map((port) => [`${String(port['asn'])} ${String(port['ixlan_id'])}`, port]));
  return busiest([...once.values()]);
}

const shared: Step = {
  title: 'Where are we both? The exchanges that we share with another network',
  play: async (stage) => {
    const { product, show, fake } = stage;
    const asn = ownAsnOf(stage);
    const ports = portsOf(fake);
    const other = neighbourOf(ports, asn);
    const path = `/api/peeringdb/networks/shared-ixps/?asn=${asn}&asn=${other}`;
    show.say(`GET ${path}`);
    const { body } = await product.get<Page<Row & { networks: { asn: number; ports: unknown[] }[] }>>(path);
    const portsAt = (networks: { asn: number; ports: unknown[] }[], of: number): number =>
      networks.find((network) => network.asn === of)?.ports.length ?? 0;
    show.table([
      ['exchange', `ports of AS${asn}`, `ports of AS${other}`],
      ...body.results
        .slice(0, 5)
        .map(({ name, networks }) => [String(name), portsAt(networks, asn), portsAt(networks, other)]),
    ]);
    const lansOf = (of: number): unknown[] =>
      ports.filter((port) => port['asn'] === of).map((port) => port['ixlan_id']);
    const expected = new Set(lansOf(asn).filter((lan) => lansOf(other).includes(lan))).size;
    expectThat(body.count === expected, `they share ${body.count} exchanges: expected ${expected}`);
    return `AS${asn} and AS${other} share ${body.count} exchanges, as upstream has it`;
  },
};

/** The ports of potential peers, worked out from what upstream has: live, no servers, with a family that we have there too. */
function expectedPeers({ state }: FakePeeringdb, asn: number): Row[] {
  const ports = state.liveRows('netixlan', 'anonymous');
  const nets = new Map(state.liveRows('net', 'anonymous').map((net) => [net['id'], net]));
  const ours = ports.filter((port) => port['asn'] === asn);
  const isServer = ({ info_type, info_types }: Row): boolean =>
    [info_type, ...((info_types as unknown[] | null) ?? [])].some((type) => SERVERS.includes(String(type)));
  return ports.filter((port) => {
    const net = nets.get(port['net_id']);
    if (port['asn'] === asn || port['operational'] !== true || net === undefined || isServer(net)) return false;
    const here = ours.filter((mine) => mine['ixlan_id'] === port['ixlan_id']);
    return ['ipaddr4', 'ipaddr6'].some((family) => port[family] && here.some((mine) => mine[family]));
  });
}

const missingOf = ({ missing }: Peer): string =>
  missing.map(({ family, connection }) => `${family}@${connection}`).join(' ');

const fastest = async ({ product }: Stage): Promise<Page<Peer>> =>
  (await product.get<Page<Peer>>(`${PEERS}?ordering=-speed&limit=${SHOWN}`)).body;

const opportunities: Step = {
  title: 'Who could we peer with? One row for each port, and which sessions are missing',
  play: async (stage) => {
    const { show, fake } = stage;
    show.say(`GET ${PEERS}?ordering=-speed&limit=${SHOWN}`);
    const { count, results } = await fastest(stage);
    show.table([
      ['asn', 'name', 'ipaddr4', 'ipaddr6', 'speed', 'policy', 'missing'],
      ...results.map((peer) => [
        ...[String(peer.asn), peer.name, peer.ipaddr4 ?? '', peer.ipaddr6 ?? ''],
        ...[peer.speed, peer.policy_general ?? '', missingOf(peer)],
      ]),
    ]);
    const expected = expectedPeers(fake, ownAsnOf(stage)).length;
    expectThat(count === expected, `${count} ports are potential peers: expected ${expected}`);
    return `${count} ports of potential peers, as worked out from what upstream has`;
  },
};

const sessions: Step = {
  title: 'Sessions with one of them, and it is no opportunity any more',
  play: async (stage) => {
    const { product, show } = stage;
    const { count, results } = await fastest(stage);
    const [chosen] = results;
    if (chosen === undefined) throw new Error('there is nobody to peer with');
    show.say(`POST ${FROM_PEERINGDB} {"netixlan_ids": [${chosen.id}]}`);
    const { created } = await post<Made>(stage, FROM_PEERINGDB, { netixlan_ids: [chosen.id] }, 200);
    expectThat(created.length === chosen.missing.length, `${created.length} sessions: expected ${missingOf(chosen)}`);
    show.say('$ crossconnect peers list -f json');
    const { code, stdout } = await product.cli('peers', 'list', '-f', 'json');
    expectThat(code === 0, `the command ends with code ${code}: expected 0`);
    const left = JSON.parse(stdout) as Peer[];
    expectThat(!left.some(({ id }) => id === chosen.id), `the port ${chosen.id} is listed still`);
    expectThat(left.length === count - 1, `${left.length} ports are left: expected ${count - 1}`);
    return `sessions ${missingOf(chosen)} with ${chosen.name}, whose row is gone; ${left.length} of ${count} ports are left`;
  },
};

/** What a peering coordinator does with a filled cache. */
export const PEER: readonly Step[] = [own, shared, opportunities, sessions];
