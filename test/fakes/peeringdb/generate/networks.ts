import { isoSeconds } from '../clock';
import { PUBLIC_POC_SHARE } from '../sizes';
import type { Place, Row } from '../store';
import type { Rng } from '../rng';
import { handleref, type Context } from './context';
import { anyIndex } from './places';
import { domain, phone, prose, socialMedia } from './text';
import { NET_TYPES, POLICIES, POLICY_CONTRACTS, POLICY_LOCATIONS, RATIOS, ROLES, SCOPES, TRAFFIC } from './words';

/** Appends networks and their contacts. */
export function appendNetworks(context: Context): void {
  const rng = context.rng.fork('networks');
  const { places } = context.topology;
  const routeServers = new Set(context.topology.routeServers.values());
  for (const [index, place] of places.net.all.entries()) {
    const { name, website } = context.net[index]!;
    const asn = context.topology.asns[index]!;
    context.append.net(place, {
      id: place.id,
      org_id: places.org.all[context.owner.net[index]!]!.id,
      name,
      aka: rng.chance(0.3) ? `${name.slice(0, 5)} AS${asn}` : '',
      name_long: rng.chance(0.15) ? `${name} Network Services` : '',
      website,
      social_media: socialMedia(rng, website, 0.1),
      asn,
      looking_glass: rng.chance(0.15) ? `https://lg.${domain(asn)}/` : '',
      route_server: rng.chance(0.03) ? `telnet://route-server.${domain(asn)}` : '',
      irr_as_set: rng.chance(0.6) ? `RIPE::AS${asn}:AS-ALL` : '',
      ...info(rng, routeServers.has(index)),
      ix_count: context.counts.netIx[index],
      fac_count: context.counts.netFac[index],
      notes: rng.chance(0.14) ? prose(rng, 10 + rng.int(110)) : '',
      ...childTimes(rng, place),
      ...policy(rng, asn),
      status_dashboard: rng.chance(0.04) ? `https://status.${domain(asn)}/` : null,
      rir_status: rng.chance(0.97) ? 'ok' : null,
      rir_status_updated: isoSeconds(place.updated),
      logo: null,
      ...handleref(place),
    });
  }
  appendContacts(context, rng);
}

function info(rng: Rng, isRouteServer: boolean): Row {
  const types = rng.chance(0.85) ? [rng.pick(NET_TYPES)] : [];
  if (types.length > 0 && rng.chance(0.1)) types.push('Network Services');
  const info_types = isRouteServer ? ['Route Server'] : types;
  return {
    info_type: info_types[0] ?? '',
    info_types,
    info_prefixes4: rng.chance(0.9) ? rng.int(2000) : null,
    info_prefixes6: rng.chance(0.8) ? rng.int(300) : null,
    info_traffic: rng.pick(TRAFFIC),
    info_ratio: rng.pick(RATIOS),
    info_scope: rng.pick(SCOPES),
    info_unicast: true,
    info_multicast: rng.chance(0.03),
    info_ipv6: rng.chance(0.75),
    info_never_via_route_servers: rng.chance(0.02),
  };
}

function childTimes(rng: Rng, { created, updated }: Place): Row {
  const some = (chance: number): string | null =>
    rng.chance(chance) ? isoSeconds(created + rng.int(Math.max(1, updated - created))) : null;
  return { netixlan_updated: some(0.6), netfac_updated: some(0.5), poc_updated: some(0.9) };
}

function policy(rng: Rng, asn: number): Row {
  return {
    policy_url: rng.chance(0.2) ? `https://www.${domain(asn)}/peering` : '',
    policy_general: rng.pick(POLICIES),
    policy_locations: rng.pick(POLICY_LOCATIONS),
    policy_ratio: rng.chance(0.05),
    policy_contracts: rng.pick(POLICY_CONTRACTS),
    allow_ixp_update: rng.chance(0.3),
    ixp_update_exclude_speed: rng.chance(0.02),
    ixp_update_exclude_is_rs_peer: rng.chance(0.02),
    ixp_update_exclude_operational: rng.chance(0.02),
  };
}

/** Contacts: exactly the public share of the live ones is open to anonymous readers. */
function appendContacts(context: Context, rng: Rng): void {
  const { net, poc } = context.topology.places;
  const open = Math.round(poc.live.length * PUBLIC_POC_SHARE);
  let seen = 0;
  for (const place of poc.all) {
    const live = place.status === 'ok';
    const visible = live
      ? Math.floor(((seen + 1) * open) / poc.live.length) > Math.floor((seen * open) / poc.live.length)
      : rng.chance(PUBLIC_POC_SHARE);
    if (live) seen += 1;
    const owner = live ? net.live[rng.int(net.live.length)]! : anyIndex(rng, net);
    const asn = context.topology.asns[owner]!;
    const role = rng.pick(ROLES);
    const called = rng.chance(0.35);
    context.append.poc(place, {
      id: place.id,
      net_id: net.all[owner]!.id,
      role,
      visible: visible ? 'Public' : 'Users',
      // PeeringDB blanks what is personal when a contact is deleted.
      name: live ? (rng.chance(0.3) ? 'José Müller' : `${role} Desk`) : '',
      phone: live && called ? phone(rng) : '',
      email: live ? `${role.toLowerCase().replace(' ', '-')}@${domain(asn)}` : '',
      url: live && rng.chance(0.05) ? `https://www.${domain(asn)}/${role}` : '',
      ...handleref(place),
    });
  }
}
