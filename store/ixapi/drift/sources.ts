import type { Knex } from 'knex';
import { cacheState } from '../../peeringdb/synchronisations';
import type { Netixlan } from './netixlans';
import type { RouterStanding, Sources } from './subjects';
import type { LinkedExchange } from '../exchange';
import { portsAt } from '../netbox-ports';
import type { World } from '../world';

/** What the sources beside the exchange say, as PostgreSQL remembers it. */

const NETIXLANS = `
  SELECT id, asn, host(ipaddr4) AS ipaddr4, host(ipaddr6) AS ipaddr6, speed, is_rs_peer, operational
  FROM peeringdb_netixlan
  WHERE ixlan_id = :ixlan AND (asn = :asn OR id = ANY(CAST(:linked AS bigint[]))
    OR host(ipaddr4) = ANY(CAST(:hosts AS text[])) OR host(ipaddr6) = ANY(CAST(:hosts AS text[])))
  ORDER BY id`;

/** Ports at the exchange's LAN: those of the local AS, those that are linked, and those with an address of ours. */
async function netixlansOf(knex: Knex, { exchange, shown, local }: World): Promise<Netixlan[]> {
  if (exchange.peeringdb_ixlan === null) return [];
  const ours = shown.network_service_configs.filter((config) => config.consuming_account === exchange.identity);
  const { rows } = await knex.raw<{ rows: Netixlan[] }>(NETIXLANS, {
    ...{ ixlan: exchange.peeringdb_ixlan, asn: exchange.local_asn },
    linked: local.flatMap(({ peeringdb_netixlan }) => (peeringdb_netixlan === null ? [] : [peeringdb_netixlan])),
    hosts: ours.flatMap(({ ips }) => ips.map(({ address }) => address)),
  });
  return rows;
}

const ROUTERS = `
  SELECT id, name, status, state FROM devices_router
  WHERE id IN (SELECT router FROM net_connection WHERE internet_exchange_point = ?)`;

async function routersAt(knex: Knex, { id }: LinkedExchange): Promise<Map<number, RouterStanding>> {
  const { rows } = await knex.raw<{ rows: RouterStanding[] }>(ROUTERS, [id]);
  return new Map(rows.map((router) => [router.id, router]));
}

/** All that is compared with what an exchange shows. */
export async function readSources(knex: Knex, world: World, now: Date): Promise<Sources> {
  const { snapshot, published } = await cacheState(knex);
  return {
    netixlans: await netixlansOf(knex, world),
    ports: await portsAt(knex, world.exchange.id),
    routers: await routersAt(knex, world.exchange),
    peeringdb_at: snapshot === null ? null : published,
    now,
  };
}
