import type { Knex } from 'knex';
import { z } from 'zod';
import { findIxApi } from '../../../store/ixapi/object/objects';
import type { Access } from '../../../store/ixapi/object/probes';
import { endpoint, type Endpoint } from '../../http/endpoint';
import { reference } from '../../http/schemas';
import { invalidRequest } from '../../problem';
import { accepted } from './access';
import { IX_API_PATH, type IxapiDeps } from './deps';
import { apiKey, apiSecret, apiUrl, identitySchema } from './fields';

const GIVEN = ['api_url', 'api_key', 'api_secret'] as const;

/** An address, a key and a secret; or an object, whose own are used. */
const body = z
  .strictObject({
    api_url: apiUrl.optional(),
    api_key: apiKey.optional(),
    api_secret: apiSecret.optional(),
    ix_api: reference.optional(),
  })
  .superRefine((asked, ctx) => {
    for (const field of GIVEN)
      if ((asked[field] === undefined) === (asked.ix_api === undefined))
        ctx.addIssue({
          ...{ code: 'custom', path: [field] },
          message: asked.ix_api === undefined ? 'is required' : 'expected nothing of this beside ix_api',
        });
  });

const answerSchema = z
  .object({ api_url: z.string(), version: z.string(), identities: z.array(identitySchema) })
  .meta({ id: 'IxApiAccounts' });

async function accessFor(knex: Knex, { ix_api, ...asked }: z.output<typeof body>): Promise<Access> {
  if (ix_api === undefined) {
    const { api_url = '', api_key = '', api_secret } = asked;
    return { api_url, api_key, api_secret: api_secret?.reveal() ?? '' };
  }
  const known = await findIxApi(knex, ix_api);
  if (known === undefined) throw invalidRequest({ ix_api: ['there is no such IX-API object'] });
  return { api_url: known.api_url, api_key: known.api_key, api_secret: { secretId: known.api_secret } };
}

/** Which accounts may be ours, before an object is kept. */
export const createAccountRoutes = (deps: IxapiDeps): Endpoint[] => [
  endpoint({
    ...{ method: 'post', path: `${IX_API_PATH}accounts/`, tags: ['ix-api'], scope: 'write' },
    summary: 'Try an address, a key and a secret, and name the accounts that are ours there',
    request: { body },
    responses: {
      200: { description: 'The address as it is kept, and the accounts that are ours', schema: answerSchema },
      502: { description: 'It could not be tried in time' },
    },
    handler: async ({ body: asked }, { now }) => {
      const { api_url, version, identities } = await accepted(deps, await accessFor(deps.knex, asked), now);
      return { body: { api_url, version, identities } };
    },
  }),
];
