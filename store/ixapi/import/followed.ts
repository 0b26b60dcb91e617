import type { Knex } from 'knex';
import { lockImports } from '../../peering/import-lock';
import { followed } from './follow';
import { importConfigs, type ImportResult } from './import';

/**
 * Imports the followed configs of an exchange that have addresses now, and no others; `left` says how many are still
 * followed. Throws as {@link importConfigs}.
 */
export async function importFollowed(
  trx: Knex.Transaction,
  exchange: number,
  now: Date,
): Promise<{ readonly result: ImportResult; readonly left: number }> {
  await lockImports(trx);
  const wanted = (await followed(trx, exchange)).map(({ network_service_config }) => network_service_config);
  const result = await importConfigs(trx, exchange, { wanted, dryRun: false, now });
  return { result, left: (await followed(trx, exchange)).length };
}
