import type { Knex } from 'knex';
import { toJsonb } from './json';

const KEPT_MS = 24 * 3_600_000;
/** A request that has not answered for so long was cut off by a crash: its key may be used again. */
const ABANDONED_MS = 60_000;

/** A request that carries an `Idempotency-Key`. */
export interface KeyedRequest {
  /** Whose key it is. */
  readonly token: string;
  readonly key: string;
  readonly method: string;
  readonly path: string;
  /** SHA-256 of what else makes the request what it is. */
  readonly fingerprint: Buffer;
}

/** An answer as it is kept. */
export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** What became of a claim on a key: ours to work on, answered before, being worked on, or used for something else. */
export type Claim =
  | { readonly state: 'claimed' }
  | { readonly state: 'answered'; readonly answer: StoredAnswer }
  | { readonly state: 'in-progress' }
  | { readonly state: 'reused' };

interface KeyRow {
  readonly method: string;
  readonly path: string;
  readonly fingerprint: Buffer;
  readonly status: number | null;
  readonly headers: StoredAnswer['headers'] | null;
  readonly body: unknown;
}

const ago = (now: Date, ms: number): string => new Date(now.getTime() - ms).toISOString();

const INSERT_OR_TAKE_OVER = `
  INSERT INTO core_idempotency_key AS k (token, key, method, path, fingerprint, created)
  VALUES (:token, :key, :method, :path, :fingerprint, :now)
  ON CONFLICT (token, key) DO UPDATE
    SET method = excluded.method, path = excluded.path, fingerprint = excluded.fingerprint, created = excluded.created,
      status = NULL, headers = NULL, body = NULL
    WHERE k.created <= :expired OR (k.status IS NULL AND k.created <= :abandoned)
  RETURNING 1`;

/** Claims a key for a request: of several requests at once one gets it. */
export async function claimKey(knex: Knex, request: KeyedRequest, now: Date): Promise<Claim> {
  const { token, key, method, path, fingerprint } = request;
  const expired = ago(now, KEPT_MS);
  await knex('core_idempotency_key').where('created', '<=', expired).delete();
  const { rows } = await knex.raw<{ rows: unknown[] }>(INSERT_OR_TAKE_OVER, {
    ...{ token, key, method, path, fingerprint, expired },
    now: now.toISOString(),
    abandoned: ago(now, ABANDONED_MS),
  });
  if (rows.length > 0) return { state: 'claimed' };
  const row = await knex<KeyRow & { token: string; key: string }>('core_idempotency_key').where({ token, key }).first();
  // Given back between the two statements: as if it had been in use a moment longer.
  if (row === undefined) return { state: 'in-progress' };
  if (row.method !== method || row.path !== path || !row.fingerprint.equals(fingerprint)) return { state: 'reused' };
  if (row.status === null) return { state: 'in-progress' };
  return { state: 'answered', answer: { status: row.status, headers: row.headers ?? {}, body: row.body } };
}

const claimed = (knex: Knex, { token, key }: KeyedRequest, now: Date): Knex.QueryBuilder =>
  knex('core_idempotency_key').where({ token, key, created: now.toISOString() }).whereNull('status');

/** Keeps the answer of a claimed key; `now` is the time of the claim. One that was taken over meanwhile is left alone. */
export async function keepAnswer(knex: Knex, request: KeyedRequest, now: Date, answer: StoredAnswer): Promise<void> {
  await claimed(knex, request, now).update({
    status: answer.status,
    headers: toJsonb(answer.headers),
    body: answer.body === undefined ? null : toJsonb(answer.body),
  });
}

/** Gives a claimed key back, so that the request can be sent again. */
export async function releaseKey(knex: Knex, request: KeyedRequest, now: Date): Promise<void> {
  await claimed(knex, request, now).delete();
}
