import type { Knex } from 'knex';
import type { EventReport } from '../../incidents/event-rows';
import { takeReports } from '../../incidents/events';
import type { JoinSettings } from '../../incidents/join';
import type { Who } from '../../incidents/who';
import { reportOf } from './events';
import type { Difference } from './finding';
import { writeDrift, type Kept, type SourceTimes } from './write';
import type { LinkedExchange } from '../exchange';

/** Drift as it is kept, and what events are told of it. */

/** How drift is told. */
export interface DriftTelling {
  /** Whether what is critical is reported as events. */
  readonly events: boolean;
  readonly join: JoinSettings;
  readonly who: Who;
}

type KeptRow = Kept & { readonly id: number; readonly internet_exchange: number };

/** Whoever writes the drift of an exchange has this lock until the end of the transaction. */
export const lockDrift = (trx: Knex, exchange: number): Promise<unknown> =>
  trx.raw("SELECT pg_advisory_xact_lock(hashtext('ixapi drift'), ?)", [exchange]);

const keyOf = ({ network_service_config, kind }: Pick<Difference, 'network_service_config' | 'kind'>): string =>
  JSON.stringify([network_service_config, kind]);

/** What was told of a difference stays told while it is critical, also when events are not wanted any more. */
const isTold = ({ severity }: Difference, before: Kept | undefined, events: boolean): boolean =>
  severity === 'critical' && (events || before?.is_reported === true);

/** What events have to be told: what is new or reads otherwise, and what is over or not critical any more. */
function reportsOf(
  exchange: Pick<LinkedExchange, 'id' | 'name'>,
  before: ReadonlyMap<string, Kept>,
  differences: readonly Difference[],
  events: boolean,
): EventReport[] {
  const after = new Map(differences.map((difference) => [keyOf(difference), difference]));
  const cleared = [...before].flatMap(([key, kept]) => {
    const now = after.get(key);
    return kept.is_reported && now?.severity !== 'critical' ? [reportOf(exchange, now ?? kept, 'ok')] : [];
  });
  const fired = [...after].flatMap(([key, difference]) => {
    const kept = before.get(key);
    const isNews = kept?.is_reported !== true || kept.message !== difference.message;
    return events && difference.severity === 'critical' && isNews ? [reportOf(exchange, difference, 'triggered')] : [];
  });
  return [...cleared, ...fired];
}

/**
 * Makes the drift of an exchange what was found, and tells events what is critical, within a transaction; how many
 * differences there are. What was reported and is over is reported so, whatever is wanted now.
 */
export async function keepDrift(
  trx: Knex,
  exchange: Pick<LinkedExchange, 'id' | 'name'>,
  differences: readonly Difference[],
  times: SourceTimes,
  { events, join, who }: DriftTelling,
): Promise<number> {
  await lockDrift(trx, exchange.id);
  const kept = await trx<KeptRow>('ixapi_drift').where({ internet_exchange: exchange.id }).orderBy('id');
  const before = new Map<string, Kept>(kept.map((row) => [keyOf(row), row]));
  const keys = new Set(differences.map(keyOf));
  const gone = kept.filter((row) => !keys.has(keyOf(row))).map(({ id }) => id);
  await trx('ixapi_drift').whereIn('id', gone).delete();
  const rows = differences.map((difference) => ({
    ...difference,
    is_reported: isTold(difference, before.get(keyOf(difference)), events),
  }));
  await writeDrift(trx, exchange.id, rows, times, who.now);
  const reports = reportsOf(exchange, before, differences, events);
  if (reports.length > 0) await takeReports(trx, reports, join, who);
  return rows.length;
}

const UNLINKED = `
  FROM ixapi_drift d LEFT JOIN peering_internet_exchange x ON x.id = d.internet_exchange
  WHERE x.ixapi_endpoint IS NULL`;

/** Takes back the drift of exchanges that are gone, or linked to no IX-API object, within a transaction. */
export async function sweepDrift(trx: Knex, join: JoinSettings, who: Who): Promise<void> {
  const exchanges = await trx.raw<{ rows: { id: number }[] }>(
    `SELECT DISTINCT d.internet_exchange AS id ${UNLINKED} ORDER BY 1`,
  );
  for (const { id } of exchanges.rows) await lockDrift(trx, id);
  const { rows } = await trx.raw<{ rows: (KeptRow & { name: string | null })[] }>(
    `SELECT d.*, x.name ${UNLINKED} AND d.internet_exchange = ANY(?) ORDER BY d.id`,
    [exchanges.rows.map(({ id }) => id)],
  );
  const ids = rows.map(({ id }) => id);
  await trx('ixapi_drift').whereIn('id', ids).delete();
  const reports = rows
    .filter(({ is_reported }) => is_reported)
    .map((row) => reportOf({ id: row.internet_exchange, name: row.name }, row, 'ok'));
  if (reports.length > 0) await takeReports(trx, reports, join, who);
}
