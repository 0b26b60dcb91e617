import type { Knex } from 'knex';
import { createHttp, type IxapiHttp } from '../../activities/ixapi/http/ask';
import { Secret } from '../../config/secret';
import { createVault, type Vault } from '../../store/secrets';
import { FAKE_IXAPI_KEY, OUR_ACCOUNT } from '../fakes/ixapi/keys';

/** What speaks to the fake, as the worker does. */
export const ixapiHttp = (options: { readonly timeoutMs?: number } = {}): IxapiHttp =>
  createHttp({ allowPrivate: true, userAgent: 'crossconnect/test', timeoutMs: 5_000, ...options });

/** A vault of a key that no other test has. */
export const ixapiVault = (): Vault => createVault(new Secret(`the key of this test ${Math.random()}`));

/** An object, and who signs in as it. */
export interface GivenIxApi {
  readonly api_url: string;
  readonly api_key?: string;
  readonly api_secret?: string;
}

/** Keeps an IX-API object; its id. */
export async function addIxApi(knex: Knex, vault: Vault, given: GivenIxApi): Promise<number> {
  const { api_url, api_key = FAKE_IXAPI_KEY.api_key, api_secret = FAKE_IXAPI_KEY.api_secret } = given;
  const created = new Date().toISOString();
  const secret = await vault.keep(knex, 'ixapi_secret', api_secret, new Date());
  const [row] = await knex('extras_ix_api')
    .insert({
      ...{ name: 'Example Exchange', api_url, api_key, api_secret: secret, identity: OUR_ACCOUNT },
      ...{ created, last_updated: created },
    })
    .returning<{ id: number }[]>('id');
  if (!row) throw new Error('an inserted object has no row');
  return row.id;
}
