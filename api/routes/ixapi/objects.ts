import { Secret } from '../../../config/secret';
import { IX_APIS } from '../../../store/ixapi/object/lists';
import { findIxApi, type IxApi } from '../../../store/ixapi/object/objects';
import { IX_API } from '../../../store/ixapi/object/tables';
import { forgetShown } from '../../../store/ixapi/object/unlink';
import type { Values } from '../../../store/records';
import type { RecordKind } from '../../http/records';
import { name } from '../../http/schemas';
import { notFound } from '../../problem';
import { accepted, accessOf, identityOf } from './access';
import { IX_API_PATH, type IxapiDeps } from './deps';
import { apiKey, apiSecret, apiUrl, identity } from './fields';

const LABEL = 'IX-API object';

/** Whether a record would reach its exchange otherwise than it does. */
const changesAccess = (values: Values, current: IxApi): boolean =>
  values['api_secret'] !== undefined ||
  (['api_url', 'api_key', 'identity'] as const).some(
    (field) => values[field] !== undefined && values[field] !== current[field],
  );

/**
 * Tries what is to be kept at the exchange. All that was tried is written together: two changes at a time never leave a mix
 * of both.
 */
async function prepare(deps: IxapiDeps, values: Values, now: Date, id: number | undefined): Promise<Values> {
  const current = id === undefined ? undefined : await findIxApi(deps.knex, id);
  if (id !== undefined && current === undefined) throw notFound(LABEL, id);
  if (current !== undefined && !changesAccess(values, current)) return values;
  const access = accessOf(values, current);
  const answer = await accepted(deps, access, now);
  return {
    ...values,
    ...{ api_url: answer.api_url, api_key: access.api_key, api_secret: values['api_secret'] ?? current?.api_secret },
    identity: identityOf(answer, values['identity'] ?? current?.identity),
  };
}

/** IX-API objects: where an exchange is asked, with which key, and which account there is ours. */
export const ixApiKind = (deps: IxapiDeps): RecordKind => ({
  path: IX_API_PATH,
  label: LABEL,
  schemaId: 'IxApi',
  tags: ['ix-api'],
  source: IX_APIS,
  table: IX_API,
  fields: { name: name(100), api_url: apiUrl, api_key: apiKey, api_secret: apiSecret, identity },
  // A secret cannot be read, so what is written back is without it; an identity need not be chosen where there is but one.
  defaults: { api_secret: undefined, identity: undefined },
  prepare: (values, { now }, id) => prepare(deps, values, now, id),
  stored: async (trx, { api_secret, ...values }, { now }, id) => {
    const { api_url, api_key } = values;
    if (id !== undefined && typeof api_url === 'string' && typeof api_key === 'string')
      await forgetShown(trx, id, { api_url, api_key });
    if (!(api_secret instanceof Secret)) return api_secret === undefined ? values : { ...values, api_secret };
    return { ...values, api_secret: await deps.vault.keep(trx, 'ixapi_secret', api_secret.reveal(), now) };
  },
});
