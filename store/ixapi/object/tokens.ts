import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { Secret } from '../../../config/secret';
import { SealedError, type Vault } from '../../secrets';
import type { IxApi } from './objects';

/** A pair of tokens. */
export interface TokenPair {
  readonly access: Secret;
  /** Undefined: the exchange gave none. */
  readonly refresh: Secret | undefined;
}

/** Until when a pair is used, ISO 8601 by our clock; null: until it is refused. */
export interface TokenTimes {
  readonly access_until: string | null;
  readonly refresh_until: string | null;
}

/** The pair that an object has. Each pair of an object has a higher generation than the one before. */
export interface KeptTokens extends TokenPair, TokenTimes {
  readonly generation: number;
}

interface Row extends TokenTimes {
  readonly ix_api: number;
  readonly credentials: string;
  readonly generation: number;
  readonly sealed: Buffer;
}

/** The form of what is sealed. */
interface Sealed {
  readonly access: string;
  readonly refresh?: string;
}

const purposeOf = (ix_api: number): string => `ixapi_token ${ix_api}`;

/** What a pair was given for: with another address, key or secret it is of no use. */
const credentialsOf = ({ api_url, api_key, api_secret }: IxApi): string =>
  createHash('sha256')
    .update(JSON.stringify([api_url, api_key, api_secret]))
    .digest('hex');

function opened(vault: Vault, { ix_api, sealed }: Row): TokenPair | undefined {
  try {
    const { access, refresh } = JSON.parse(vault.unseal(purposeOf(ix_api), sealed).reveal()) as Sealed;
    return { access: new Secret(access), refresh: refresh === undefined ? undefined : new Secret(refresh) };
  } catch (error) {
    if (error instanceof SealedError) return undefined;
    throw error;
  }
}

/** The pair of an object; undefined: it has none that was given for it as it is now, or that opens. */
export async function findTokens(knex: Knex, vault: Vault, ixApi: IxApi): Promise<KeptTokens | undefined> {
  const row = await knex<Row>('ixapi_token')
    .where({ ix_api: ixApi.id, credentials: credentialsOf(ixApi) })
    .first();
  const pair = row && opened(vault, row);
  if (!row || !pair) return undefined;
  const { generation, access_until, refresh_until } = row;
  return { ...pair, generation, access_until, refresh_until };
}

/** Keeps a pair in the place of the one before; its generation. */
export async function keepTokens(
  knex: Knex,
  vault: Vault,
  ixApi: IxApi,
  { access, refresh, ...times }: TokenPair & TokenTimes,
): Promise<number> {
  const plain: Sealed = { access: access.reveal(), ...(refresh && { refresh: refresh.reveal() }) };
  const [kept] = await knex('ixapi_token')
    .insert({
      ix_api: ixApi.id,
      credentials: credentialsOf(ixApi),
      generation: 1,
      sealed: vault.seal(purposeOf(ixApi.id), JSON.stringify(plain)),
      ...times,
    })
    .onConflict('ix_api')
    .merge({
      credentials: knex.raw('excluded.credentials'),
      generation: knex.raw('ixapi_token.generation + 1'),
      sealed: knex.raw('excluded.sealed'),
      access_until: knex.raw('excluded.access_until'),
      refresh_until: knex.raw('excluded.refresh_until'),
    })
    .returning<{ generation: number }[]>('generation');
  if (!kept) throw new Error(`the tokens of IX-API object ${ixApi.id} were not kept`);
  return kept.generation;
}

/** Waits until nobody else, in any process, signs in for an object; they wait until this transaction has ended. */
export async function lockSignIn(trx: Knex.Transaction, ix_api: number): Promise<void> {
  await trx.raw(`SELECT pg_advisory_xact_lock(hashtext('ixapi sign-in'), ?::int)`, [ix_api]);
}
