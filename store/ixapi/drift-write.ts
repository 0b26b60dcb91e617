import type { Knex } from 'knex';
import { toJsonb } from '../json';
import type { Difference } from './drift-finding';

/** When each source said what it says (ISO 8601); by connections where that differs. */
export interface SourceTimes {
  readonly ixapi_at: string | null;
  readonly peeringdb_at: string | null;
  readonly local_at: ReadonlyMap<number, string>;
  readonly netbox_at: ReadonlyMap<number, string>;
}

/** A difference, and whether an event tells of it. */
export type Kept = Difference & { readonly is_reported: boolean };

const KEEP = `
  INSERT INTO ixapi_drift AS d (internet_exchange, network_service_config, connection, kind, severity, message, ixapi,
    ixapi_at, peeringdb, peeringdb_at, local, local_at, netbox, netbox_at, is_reported, first_seen, last_seen)
  SELECT :exchange, g.network_service_config, g.connection, g.kind, g.severity, g.message, g.ixapi, g.ixapi_at,
    g.peeringdb, g.peeringdb_at, g.local, g.local_at, g.netbox, g.netbox_at, g.is_reported, :now, :now
  FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS g (network_service_config text, connection bigint, kind text,
    severity text, message text, ixapi jsonb, ixapi_at timestamptz, peeringdb jsonb, peeringdb_at timestamptz,
    local jsonb, local_at timestamptz, netbox jsonb, netbox_at timestamptz, is_reported boolean)
  ON CONFLICT ON CONSTRAINT ixapi_drift_kind DO UPDATE SET connection = excluded.connection,
    severity = excluded.severity, message = excluded.message, ixapi = excluded.ixapi, ixapi_at = excluded.ixapi_at,
    peeringdb = excluded.peeringdb, peeringdb_at = excluded.peeringdb_at, local = excluded.local,
    local_at = excluded.local_at, netbox = excluded.netbox, netbox_at = excluded.netbox_at,
    is_reported = excluded.is_reported, last_seen = excluded.last_seen`;

/** When each source said what it says, where it says something. */
function timesOf(difference: Difference, { ixapi_at, peeringdb_at, local_at, netbox_at }: SourceTimes): object {
  const { connection, ixapi, peeringdb, local, netbox } = difference;
  const when = (value: unknown, time: string | null | undefined): string | null =>
    value === null ? null : (time ?? null);
  return {
    ixapi_at: when(ixapi, ixapi_at),
    peeringdb_at: when(peeringdb, peeringdb_at),
    local_at: when(local, local_at.get(connection ?? 0)),
    netbox_at: when(netbox, netbox_at.get(connection ?? 0)),
  };
}

/** Writes the differences at an exchange; of those that were there already, the time at which they were first seen stays. */
export async function writeDrift(
  trx: Knex,
  exchange: number,
  differences: readonly Kept[],
  times: SourceTimes,
  now: Date,
): Promise<void> {
  const rows = differences.map((difference) => ({ ...difference, ...timesOf(difference, times) }));
  await trx.raw(KEEP, { exchange, now: now.toISOString(), rows: toJsonb(rows) });
}
