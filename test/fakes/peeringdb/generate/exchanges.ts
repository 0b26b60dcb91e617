import { isoSeconds } from '../clock';
import type { Place, Row } from '../store';
import type { Rng } from '../rng';
import type { Lan } from './addresses';
import { handleref, type Context } from './context';
import { domain, phone, prose, socialMedia } from './text';
import { SERVICE_LEVELS, TERMS } from './words';

/** Appends exchanges with their LANs and prefixes. */
export function appendExchanges(context: Context): void {
  const rng = context.rng.fork('exchanges');
  const { places } = context.topology;
  for (const [index, place] of places.ix.all.entries()) {
    context.append.ix(place, ixRow(context, rng, index, place));
    context.append.ixlan(place, ixlanRow(context, rng, index, place));
  }
  appendPrefixes(context);
}

function ixRow(context: Context, rng: Rng, index: number, place: Place): Row {
  const { name, website, place: where } = context.ix[index]!;
  const imported = rng.chance(0.6);
  return {
    id: place.id,
    org_id: context.topology.places.org.all[context.owner.ix[index]!]!.id,
    name,
    aka: '',
    name_long: `${name} Internet Exchange`,
    city: where.city,
    country: where.country,
    region_continent: where.region_continent,
    media: 'Ethernet',
    notes: rng.chance(0.3) ? prose(rng, 15 + rng.int(50)) : '',
    proto_unicast: true,
    proto_multicast: false,
    proto_ipv6: context.lans.get(index)?.prefix6 !== null,
    website,
    social_media: socialMedia(rng, website, 0.3),
    url_stats: rng.chance(0.5) ? `https://stats.ix${domain(place.id)}/` : '',
    tech_email: `tech@ix${domain(place.id)}`,
    tech_phone: rng.chance(0.6) ? phone(rng) : '',
    policy_email: `peering@ix${domain(place.id)}`,
    policy_phone: rng.chance(0.4) ? phone(rng) : '',
    sales_phone: '',
    sales_email: '',
    net_count: context.counts.ixNet[index],
    fac_count: context.counts.ixFac[index],
    ixf_net_count: imported ? context.counts.ixNet[index] : 0,
    ixf_last_import: imported ? isoSeconds(place.updated) : null,
    ixf_import_request: null,
    ixf_import_request_status: '',
    service_level: rng.pick(SERVICE_LEVELS),
    terms: rng.pick(TERMS),
    status_dashboard: rng.chance(0.1) ? `https://status.ix${domain(place.id)}/` : null,
    logo: null,
    ...handleref(place),
  };
}

function ixlanRow({ topology }: Context, rng: Rng, index: number, place: Place): Row {
  const routeServer = topology.routeServers.get(index);
  const exported = rng.chance(0.65);
  return {
    id: place.id,
    ix_id: place.id,
    name: rng.chance(0.1) ? 'Peering LAN' : '',
    descr: '',
    mtu: rng.chance(0.08) ? 9000 : 1500,
    dot1q_support: false,
    rs_asn: routeServer === undefined ? 0 : topology.asns[routeServer],
    arp_sponge: null,
    ixf_ixp_member_list_url: exported ? `https://ix${domain(place.id)}/members.json` : null,
    ixf_ixp_member_list_url_visible: rng.chance(0.4) ? 'Public' : rng.chance(0.8) ? 'Users' : 'Private',
    ixf_ixp_import_enabled: exported && rng.chance(0.7),
    ...handleref(place),
  };
}

/** One IPv4 prefix for each live exchange, one of IPv6 for nearly each; tombstones of prefixes that were given back. */
function appendPrefixes(context: Context): void {
  const { ix, ixpfx } = context.topology.places;
  const wanted = [...context.lans].flatMap(([index, lan]) => prefixesOf(ix.all[index]!.id, lan));
  let next = 0;
  for (const place of ixpfx.all) {
    const { ixlan_id, prefix } =
      place.status === 'ok'
        ? wanted[next++]!
        : { ixlan_id: ix.all[place.id % ix.all.length]!.id, prefix: former(place) };
    const protocol = prefix.includes(':') ? 'IPv6' : 'IPv4';
    context.append.ixpfx(place, { id: place.id, ixlan_id, protocol, prefix, in_dfz: false, ...handleref(place) });
  }
}

function prefixesOf(ixlan_id: number, { prefix4, prefix6 }: Lan): { ixlan_id: number; prefix: string }[] {
  return [prefix4, ...(prefix6 === null ? [] : [prefix6])].map((prefix) => ({ ixlan_id, prefix }));
}

function former({ id }: Place): string {
  return `206.${Math.floor(id / 256) % 256}.${id % 256}.0/24`;
}
