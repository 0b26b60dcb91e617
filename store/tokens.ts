import { createHash, randomBytes } from 'node:crypto';
import type { Knex } from 'knex';

/** What a token may do; each scope includes those before it. */
export const SCOPES = ['read', 'write', 'admin'] as const;

export type Scope = (typeof SCOPES)[number];

/** A token without its key, which nobody can read again. */
export interface Token {
  readonly id: number;
  readonly name: string;
  readonly scope: Scope;
  readonly expires: string | null;
  /** Addresses and prefixes from which it may be used; null for any. */
  readonly allowed_ips: readonly string[] | null;
  readonly created: string;
  readonly last_used: string | null;
}

/** What a token is made from. */
export interface NewToken {
  readonly name: string;
  readonly scope: Scope;
  readonly expires?: string | null | undefined;
  readonly allowed_ips?: readonly string[] | null | undefined;
}

const COLUMNS = ['id', 'name', 'scope', 'expires', 'created', 'last_used'];
const USE_REFRESHED_AFTER_MS = 60_000;

const hash = (key: string): Buffer => createHash('sha256').update(key).digest();

const tokens = (knex: Knex): Knex.QueryBuilder =>
  knex('core_token').select(...COLUMNS, knex.raw('allowed_ips::text[] AS allowed_ips'));

/** Makes a token. The key is told only here: 160 random bits in hex, as NetBox's are. */
export async function createToken(
  knex: Knex,
  { name, scope, expires, allowed_ips }: NewToken,
): Promise<Token & { readonly key: string }> {
  const key = randomBytes(20).toString('hex');
  const allowed = allowed_ips && allowed_ips.length > 0 ? allowed_ips : null;
  const [row] = await knex('core_token')
    .insert({ name, scope, key_hash: hash(key), expires: expires ?? null, allowed_ips: allowed })
    .returning<{ id: number }[]>('id');
  const token = row && (await findTokenById(knex, row.id));
  if (!token) throw new Error('an inserted token has no row');
  return { ...token, key };
}

/** One token. */
export async function findTokenById(knex: Knex, id: number): Promise<Token | undefined> {
  return (await tokens(knex).where({ id }).first()) as Token | undefined;
}

/** All tokens, the oldest first. */
export async function listTokens(knex: Knex): Promise<Token[]> {
  return (await tokens(knex).orderBy('id')) as Token[];
}

/** Withdraws a token at once; whether there was one. */
export async function deleteToken(knex: Knex, id: number): Promise<boolean> {
  return (await knex('core_token').where({ id }).delete()) > 0;
}

/** The token of a key, whether or not it may still be used. */
export async function findToken(knex: Knex, key: string): Promise<Token | undefined> {
  return (await tokens(knex)
    .where({ key_hash: hash(key) })
    .first()) as Token | undefined;
}

/** Notes that a token was used; written at most once a minute. */
export async function touchToken(knex: Knex, token: Token, now: Date): Promise<void> {
  const stale = new Date(now.getTime() - USE_REFRESHED_AFTER_MS).toISOString();
  if (token.last_used !== null && Date.parse(token.last_used) > Date.parse(stale)) return;
  // Of many requests at once one writes.
  await knex('core_token')
    .where({ id: token.id })
    .whereRaw('(last_used IS NULL OR last_used <= ?)', [stale])
    .update({ last_used: now.toISOString() });
}
