import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { Secret } from '../../../config/secret';
import { toJsonb } from '../../json';
import type { Vault } from '../../secrets';

/** What is tried. The secret is a text, or one that is kept already (`core_secret`, of kind `ixapi_secret`). */
export interface Access {
  readonly api_url: string;
  readonly api_key: string;
  readonly api_secret: string | { readonly secretId: number };
}

/** How it is known that an account is ours. */
export type IdentityReason =
  /** The exchange says whose the key is. */
  | 'account'
  /** The token says it. */
  | 'token'
  /** It is managed by one that is ours. */
  | 'managed'
  /** It is shown to us although strangers do not see it. */
  | 'not_discoverable'
  /** It consumes connections or services that are shown to us. */
  | 'consumes';

/** An account that is ours at an exchange. */
export interface Identity {
  readonly id: string;
  readonly name: string | null;
  readonly managing_account: string | null;
  readonly how: IdentityReason;
}

/** What came of a probe. A reason is a sentence for people. */
export type ProbeAnswer =
  | {
      readonly ok: true;
      /** The address that was found, without a slash at its end. */
      readonly api_url: string;
      readonly version: string;
      /** Null: the exchange does not say. */
      readonly health: Readonly<Record<string, unknown>> | null;
      readonly identities: readonly Identity[];
    }
  | { readonly ok: false; readonly field: 'api_url' | 'api_key' | 'api_secret'; readonly reason: string };

interface Row {
  readonly id: string;
  readonly sealed: Buffer;
  readonly answer: ProbeAnswer | null;
  readonly created: string;
}

/** Whoever wanted to know has given up by then. */
const KEPT_MS = 3_600_000;

const purposeOf = (id: string): string => `ixapi_probe ${id}`;

/** Keeps what is to be tried, sealed; its id. Probes of more than an hour ago are removed. */
export async function keepProbe(knex: Knex, vault: Vault, access: Access, now: Date): Promise<string> {
  const id = randomUUID();
  const old = new Date(now.getTime() - KEPT_MS).toISOString();
  await knex<Row>('ixapi_probe').where('created', '<', old).delete();
  const sealed = vault.seal(purposeOf(id), JSON.stringify(access));
  await knex('ixapi_probe').insert({ id, sealed, created: now.toISOString() });
  return id;
}

/** What is to be tried, with its secret; undefined: nobody wants to know any more. Throws `SealedError`. */
export async function openProbe(
  knex: Knex,
  vault: Vault,
  id: string,
): Promise<{ readonly api_url: string; readonly api_key: string; readonly api_secret: Secret } | undefined> {
  const row = await knex<Row>('ixapi_probe').where({ id }).first('sealed');
  if (row === undefined) return undefined;
  const { api_secret, ...access } = JSON.parse(vault.unseal(purposeOf(id), row.sealed).reveal()) as Access;
  if (typeof api_secret === 'string') return { ...access, api_secret: new Secret(api_secret) };
  return { ...access, api_secret: await vault.open(knex, 'ixapi_secret', api_secret.secretId) };
}

/** Writes down what came of it. */
export async function answerProbe(knex: Knex, id: string, answer: ProbeAnswer): Promise<void> {
  await knex('ixapi_probe')
    .where({ id })
    .update({ answer: toJsonb(answer) });
}

/** What came of it; undefined: nothing yet, or it is gone. */
export async function probeAnswer(knex: Knex, id: string): Promise<ProbeAnswer | undefined> {
  const row = await knex<Row>('ixapi_probe').where({ id }).first('answer');
  return row?.answer ?? undefined;
}

/** Forgets a probe. */
export async function dropProbe(knex: Knex, id: string): Promise<void> {
  await knex('ixapi_probe').where({ id }).delete();
}
