import type { Knex } from 'knex';
import { toJsonb } from '../json';

/** The interface that has a connection's addresses on its router's NetBox device. Null: NetBox says nothing. */
export interface NetboxPort {
  /** Its name, as et-0/0/1.100. */
  readonly interface: string;
  readonly enabled: boolean | null;
  readonly mac_address: string | null;
  /** Mbit/s. */
  readonly speed: number | null;
  readonly vlan: number | null;
  readonly ipv4_address: string | null;
  readonly ipv6_address: string | null;
}

/** What was found when it was last looked for. Times are ISO 8601. */
export interface KeptPort {
  /** Null: no interface of the device has the connection's addresses. */
  readonly port: NetboxPort | null;
  readonly read_at: string;
}

/** A connection whose router is a device of NetBox's. Addresses with their prefix lengths. */
export interface ConnectionWithDevice {
  readonly connection: number;
  readonly netbox_device_id: number;
  readonly ipv4_address: string | null;
  readonly ipv6_address: string | null;
}

const KEEP = `
  INSERT INTO ixapi_netbox_port AS p (connection, port, read_at)
  SELECT id, CAST(:port AS jsonb), CAST(:read_at AS timestamptz) FROM net_connection WHERE id = :connection FOR KEY SHARE
  ON CONFLICT (connection) DO UPDATE SET port = excluded.port, read_at = excluded.read_at
  WHERE p.read_at <= excluded.read_at`;

/**
 * Keeps what was found for a connection at a time, null where there is no such interface. What an older look found is not
 * kept, and nothing of a connection that is gone.
 */
export async function keepPort(knex: Knex, connection: number, port: NetboxPort | null, now: Date): Promise<void> {
  await knex.raw(KEEP, { connection, port: port && toJsonb(port), read_at: now.toISOString() });
}

const AT = `
  SELECT p.connection, p.port, p.read_at
  FROM ixapi_netbox_port p
  JOIN net_connection c ON c.id = p.connection
  JOIN devices_router r ON r.id = c.router
  WHERE c.internet_exchange_point = ? AND r.netbox_device_id IS NOT NULL`;

/** What was found for the connections of an exchange, by their ids; only for those whose router is a device still. */
export async function portsAt(knex: Knex, exchange: number): Promise<Map<number, KeptPort>> {
  const { rows } = await knex.raw<{ rows: (KeptPort & { connection: number })[] }>(AT, [exchange]);
  return new Map(rows.map(({ connection, port, read_at }) => [connection, { port, read_at }]));
}

const WITH_DEVICES = `
  SELECT c.id AS connection, r.netbox_device_id,
    host(c.ipv4_address) || '/' || masklen(c.ipv4_address) AS ipv4_address,
    host(c.ipv6_address) || '/' || masklen(c.ipv6_address) AS ipv6_address
  FROM net_connection c
  JOIN peering_internet_exchange x ON x.id = c.internet_exchange_point
  JOIN devices_router r ON r.id = c.router
  WHERE x.ixapi_endpoint = ? AND r.netbox_device_id IS NOT NULL
  ORDER BY r.netbox_device_id, c.id`;

/** The connections at the exchanges of an IX-API object whose routers are devices, those of one device together. */
export async function connectionsWithDevices(knex: Knex, ix_api: number): Promise<ConnectionWithDevice[]> {
  const { rows } = await knex.raw<{ rows: ConnectionWithDevice[] }>(WITH_DEVICES, [ix_api]);
  return rows;
}
