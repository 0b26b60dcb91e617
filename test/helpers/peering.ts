import type { Knex } from 'knex';
import type { TestApi } from './api';

const TIME = '2026-01-02T03:04:05Z';

/** A port of a network at an exchange's LAN, as PeeringDB has it. */
export interface Port {
  readonly id: number;
  readonly asn: number;
  readonly ixlan?: number;
  readonly ipv4?: string | null;
  readonly ipv6?: string | null;
  readonly speed?: number;
  readonly operational?: boolean;
}

/** Adds a port, and its network if it is a new one, to a cache that `fillCache` filled. */
export async function addPort(
  knex: Knex,
  { id, asn, ixlan = 20, ipv4, ipv6, speed, operational }: Port,
): Promise<void> {
  const times = { created: TIME, updated: TIME };
  const known = await knex('peeringdb_net').where({ asn }).first('id');
  const [net] = known
    ? [known]
    : await knex('peeringdb_net')
        .insert({ id: asn, org_id: 1, name: `AS${asn}`, asn, ...times })
        .returning('id');
  await knex('peeringdb_netixlan').insert({
    ...{ id, net_id: net.id, ix_id: ixlan, ixlan_id: ixlan, asn, ipaddr4: ipv4 ?? null, ipaddr6: ipv6 ?? null },
    ...{ speed: speed ?? 10_000, operational: operational ?? true, ...times },
  });
}

/** Creates a record by the API; its id. */
export async function make(api: TestApi, path: string, body: object): Promise<number> {
  const { body: made } = await api.post(path, body).expect(201);
  return made.id as number;
}

export const AUTONOMOUS_SYSTEMS = '/api/peering/autonomous-systems/';
export const EXCHANGES = '/api/peering/internet-exchanges/';
export const CONNECTIONS = '/api/net/connections/';
export const SESSIONS = '/api/peering/internet-exchange-peering-sessions/';
