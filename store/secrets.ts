import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import { Secret } from '../config/secret';

/** What a sealed secret is for; one of a kind does not open as another. */
export type SecretKind = 'routing_key' | 'ixapi_secret';

/** Thrown when a secret does not open: `SECRET_KEY` is not the one that sealed it, or its row is gone or was changed. */
export class SealedError extends Error {
  override readonly name = 'SealedError';
}

/** Secrets that have to be told again to others, and so cannot be hashed: sealed in PostgreSQL, with `SECRET_KEY`. */
export interface Vault {
  /**
   * Keeps a value; the id of its row. The same value of a kind is the same row, which never changes: so an id says which
   * value was meant, also later. After a change of `SECRET_KEY` the same value is another row.
   */
  keep(knex: Knex, kind: SecretKind, value: string, now: Date): Promise<number>;
  /** The id of the row that `keep` would answer, if the value is kept already. */
  find(knex: Knex, kind: SecretKind, value: string): Promise<number | undefined>;
  /** The value of a row. Throws {@link SealedError}. */
  open(knex: Knex, kind: SecretKind, id: number): Promise<Secret>;
  /**
   * Seals a value that is soon replaced, and so has no row of its own; for one purpose, such as `ixapi_token 5`, as which
   * alone it opens.
   */
  seal(purpose: string, value: string): Buffer;
  /** What was sealed for a purpose. Throws {@link SealedError}. */
  unseal(purpose: string, sealed: Buffer): Secret;
}

interface Row {
  readonly id: number;
  readonly kind: SecretKind;
  readonly digest: Buffer;
  readonly sealed: Buffer;
  readonly created: string;
}

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** A key for one purpose: neither it nor what it makes helps with the other purpose, or with `SECRET_KEY` itself. */
const deriveKey = (secretKey: Secret, purpose: 'seal' | 'digest'): Buffer =>
  Buffer.from(hkdfSync('sha256', secretKey.reveal(), '', `crossconnect secret ${purpose}`, KEY_BYTES));

/** What a sealed value belongs to: it does not open in a row of another kind, or of another value. */
const boundTo = (kind: SecretKind, digest: Buffer): Buffer => Buffer.concat([Buffer.from(`${kind}\0`), digest]);

/** The same of a value without a row: no kind is called so, and neither opens as the other. */
const boundToPurpose = (purpose: string): Buffer => Buffer.from(`purpose\0${purpose}`);

/** Nonce, tag and ciphertext. The nonce is random: at one key, that is safe for far more values than there will be. */
function seal(key: Buffer, belongsTo: Buffer, value: string): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(belongsTo);
  const ciphertext = Buffer.concat([cipher.update(value, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]);
}

/** Throws what `node:crypto` throws, unless all of it is as it was sealed; a tag that was cut short counts as wrong. */
function unseal(key: Buffer, belongsTo: Buffer, sealed: Buffer): string {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const tag = sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  decipher.setAAD(belongsTo).setAuthTag(tag);
  const value = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
  return value.toString('utf8');
}

/** The vault of one `SECRET_KEY`. */
export function createVault(secretKey: Secret): Vault {
  const sealKey = deriveKey(secretKey, 'seal');
  const digestKey = deriveKey(secretKey, 'digest');
  const digestOf = (value: string): Buffer => createHmac('sha256', digestKey).update(value).digest();
  const findRow = (knex: Knex, kind: SecretKind, digest: Buffer): Promise<Pick<Row, 'id'> | undefined> =>
    knex<Row>('core_secret').where({ kind, digest }).first('id');

  return {
    find: async (knex, kind, value) => (await findRow(knex, kind, digestOf(value)))?.id,

    async keep(knex, kind, value, now) {
      const digest = digestOf(value);
      const known = await findRow(knex, kind, digest);
      if (known) return known.id;
      const sealed = seal(sealKey, boundTo(kind, digest), value);
      const [made] = await knex<Row>('core_secret')
        .insert({ kind, digest, sealed, created: now.toISOString() })
        .onConflict(['kind', 'digest'])
        .ignore()
        .returning('id');
      const row = made ?? (await findRow(knex, kind, digest));
      if (!row) throw new Error(`a secret of kind ${kind} was not kept`);
      return row.id;
    },

    async open(knex, kind, id) {
      const row = await knex<Row>('core_secret').where({ kind, id }).first('kind', 'digest', 'sealed');
      if (!row) throw new SealedError(`there is no secret ${id} of kind ${kind}`);
      try {
        return new Secret(unseal(sealKey, boundTo(row.kind, row.digest), row.sealed));
      } catch (cause) {
        throw new SealedError(
          `secret ${id} of kind ${kind} does not open: SECRET_KEY is not the one that sealed it, or its row was changed; give the secret again`,
          { cause },
        );
      }
    },

    seal: (purpose, value) => seal(sealKey, boundToPurpose(purpose), value),

    unseal(purpose, sealed) {
      try {
        return new Secret(unseal(sealKey, boundToPurpose(purpose), sealed));
      } catch (cause) {
        throw new SealedError(`${purpose} does not open: SECRET_KEY is not the one that sealed it, or it was changed`, {
          cause,
        });
      }
    },
  };
}
