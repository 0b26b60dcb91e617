import type { Knex } from 'knex';
import { toJsonb } from '../../json';
import type { Difference } from './finding';

/** When each source said what it says (ISO 8601); by connections where that differs. */
export interface SourceTimes {
  readonly ixapi_at: string | null;
  readonly peeringdb_at: string | null;
  readonly local_at: ReadonlyMap<number, string>;
  readonly netbox_at: ReadonlyMap<number, string>;
  /** A digest of all that was compared; null or left out: it is not known. */
  readonly compared?: string | null;
}

/** A difference, and whether an event tells of it. */
export type Kept = Difference & { readonly is_reported: boolean };

const KEEP = `
  INSERT INTO ixapi_drift AS d (internet_exchange, network_service_config, connection, kind, severity, message, ixapi,
    peeringdb, local, local_at, netbox, netbox_at, is_reported, first_seen)
  SELECT :exchange, g.network_service_config, g.connection, g.kind, g.severity, g.message, g.ixapi, g.peeringdb,
    g.local, g.local_at, g.netbox, g.netbox_at, g.is_reported, :now
  FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS g (network_service_config text, connection bigint, kind text,
    severity text, message text, ixapi jsonb, peeringdb jsonb, local jsonb, local_at timestamptz, netbox jsonb,
    netbox_at timestamptz, is_reported boolean)
  ON CONFLICT ON CONSTRAINT ixapi_drift_kind DO UPDATE SET connection = excluded.connection,
    severity = excluded.severity, message = excluded.message, ixapi = excluded.ixapi, peeringdb = excluded.peeringdb,
    local = excluded.local, local_at = excluded.local_at, netbox = excluded.netbox, netbox_at = excluded.netbox_at,
    is_reported = excluded.is_reported
  WHERE (d.connection, d.severity, d.message, d.ixapi, d.peeringdb, d.local, d.local_at, d.netbox, d.netbox_at,
      d.is_reported)
    IS DISTINCT FROM (excluded.connection, excluded.severity, excluded.message, excluded.ixapi, excluded.peeringdb,
      excluded.local, excluded.local_at, excluded.netbox, excluded.netbox_at, excluded.is_reported)`;

/** When our connection and NetBox said what they say, where they say something. */
function timesOf(difference: Difference, { local_at, netbox_at }: SourceTimes): object {
  const { connection, local, netbox } = difference;
  const when = (value: unknown, time: string | undefined): string | null => (value === null ? null : (time ?? null));
  return {
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
  const { ixapi_at, peeringdb_at, compared = null } = times;
  await trx('ixapi_comparison')
    .insert({ internet_exchange: exchange, compared_at: now.toISOString(), ixapi_at, peeringdb_at, compared })
    .onConflict('internet_exchange')
    .merge();
}
