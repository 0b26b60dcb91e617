import type { Knex } from 'knex';
import type { Changes } from '../../netbox/changes';
import { lockImports } from '../../peering/import-lock';
import { renewLinks } from '../../peering/links';
import { CONNECTION } from '../../peering/tables';
import { insertRecord, RecordConflictError, updateRecord } from '../../records';
import { findLinkedExchange, type LinkedExchange } from '../exchange';
import { follow, forgetFollowed } from './follow';
import { planImport, type PlannedConfig } from './plan';
import type { ImportValues } from './values';
import { readWorld } from '../world';

/** Thrown when an exchange is not linked to an IX-API, or there is none of this id. */
export class NotLinkedError extends Error {
  override readonly name = 'NotLinkedError';
}

/** What is imported, and when. */
export interface ImportOptions {
  /** Ids of configs; without it all of the exchange. */
  readonly wanted?: string | readonly string[] | undefined;
  readonly dryRun: boolean;
  readonly now: Date;
}

/** A config that became a connection, and what is to be known of it. */
interface ImportedConfig {
  readonly network_service_config: string;
  readonly reason: string | null;
}

/** A connection that was made; null in a dry run. */
export interface CreatedConnection extends ImportedConfig {
  readonly connection: number | null;
  readonly values: ImportValues;
}

/** A connection that was there. */
export interface ChangedConnection extends ImportedConfig {
  readonly connection: number | null;
  readonly changes: Changes;
}

/** A config that was left alone, and why. */
export interface SkippedConfig {
  readonly network_service_config: string;
  readonly reason: string;
}

/** What an import did, or would do. */
export interface ImportResult {
  readonly create: readonly CreatedConnection[];
  /** Connections that were there and were no config yet. */
  readonly link: readonly ChangedConnection[];
  readonly update: readonly ChangedConnection[];
  readonly skip: readonly SkippedConfig[];
  /** Those of the skipped configs that will be imported once they have addresses. */
  readonly following: readonly string[];
}

/**
 * Makes connections of an exchange's configs, as it last showed them, or says what it would make: all of it or, where it
 * throws, nothing. Can be asked for as often as one likes. Configs that wait for addresses are followed from then on, or
 * no more when they do not wait.
 *
 * The plan knows of all addresses and ids that our connections have. Only what others write between the plan and the end
 * of the transaction can be in the way: then it throws {@link RecordConflictError}, and the next try plans with it. Throws
 * {@link NotLinkedError}.
 */
export async function importConfigs(
  trx: Knex.Transaction,
  exchangeId: number,
  { wanted, dryRun, now }: ImportOptions,
): Promise<ImportResult> {
  if (!dryRun) await lockImports(trx);
  // Whoever links it to another object waits for this one.
  await trx('peering_internet_exchange').where({ id: exchangeId }).forShare().first('id');
  const exchange = await findLinkedExchange(trx, exchangeId);
  if (!exchange) throw new NotLinkedError(`internet exchange ${exchangeId} is not linked to an IX-API`);
  // What it showed is replaced in one transaction, which waits for this one: so what is read here fits together.
  await trx('ixapi_state').where({ ix_api: exchange.ix_api }).forShare().first('reading');
  const planned = planImport({ ...(await readWorld(trx, exchange)), now }, wanted);
  if (dryRun) return resultOf(planned);
  const written: PlannedConfig[] = [];
  for (const one of planned) written.push(await write(trx, exchange, one, now));
  await renewFollowed(trx, exchangeId, written, { wanted, now });
  return resultOf(written);
}

/** Writes what was planned; with the id of the connection. */
async function write(
  trx: Knex.Transaction,
  exchange: LinkedExchange,
  planned: PlannedConfig,
  now: Date,
): Promise<PlannedConfig> {
  if (planned.action === 'skip') return planned;
  const connection = await writeConnection(trx, exchange, planned, now);
  await renewLinks(trx, { connection });
  return { ...planned, connection };
}

async function writeConnection(
  trx: Knex.Transaction,
  { id, name }: LinkedExchange,
  { connection, values }: PlannedConfig,
  now: Date,
): Promise<number> {
  if (connection === null) {
    const notes = { description: '', comments: '' };
    return insertRecord(trx, CONNECTION, { internet_exchange_point: id, ...values, ...notes }, now);
  }
  if (await updateRecord(trx, CONNECTION, connection, values, now)) return connection;
  throw new RecordConflictError(`connection ${connection} of ${name} was deleted while it was imported`);
}

/** Follows what waits, and no more what does not, as far as it was planned. */
async function renewFollowed(
  trx: Knex.Transaction,
  exchange: number,
  planned: readonly PlannedConfig[],
  { wanted, now }: Pick<ImportOptions, 'wanted' | 'now'>,
): Promise<void> {
  const waiting = planned.filter((one) => one.waiting).map(asSkipped);
  const waitingIds = waiting.map(({ network_service_config }) => network_service_config);
  const others = planned.filter((one) => !one.waiting).map(({ network_service_config }) => network_service_config);
  await forgetFollowed(trx, exchange, wanted === undefined ? { except: waitingIds } : { only: others });
  await follow(trx, exchange, waiting, now);
}

const asSkipped = ({ network_service_config, reason }: PlannedConfig): SkippedConfig => ({
  ...{ network_service_config, reason: reason ?? '' },
});

function resultOf(planned: readonly PlannedConfig[]): ImportResult {
  const done = (action: PlannedConfig['action']): PlannedConfig[] => planned.filter((one) => one.action === action);
  const changed = (action: 'link' | 'update'): ChangedConnection[] =>
    done(action).map(({ network_service_config, connection, changes, reason }) => ({
      ...{ network_service_config, connection, changes, reason },
    }));
  return {
    create: done('create').map(({ network_service_config, connection, values, reason }) => ({
      ...{ network_service_config, connection, values, reason },
    })),
    link: changed('link'),
    update: changed('update'),
    skip: done('skip').map(asSkipped),
    following: planned.filter((one) => one.waiting).map(({ network_service_config }) => network_service_config),
  };
}
