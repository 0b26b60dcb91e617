import type { Knex } from 'knex';
import { z } from 'zod';
import { TOKENS } from '../../store/lists';
import { findRecord, listRecords } from '../../store/query/list';
import { parseListRequest } from '../../store/query/request';
import { createToken, deleteToken, SCOPES } from '../../store/tokens';
import { endpoint, type Endpoint } from '../http/endpoint';
import { listParameters, pageAnswer, rowSchema } from '../http/list';
import { idParams, name, network, time } from '../http/schemas';
import { pageOf } from '../openapi';
import { notFound } from '../problem';

const TAGS = ['users'];
const PATH = '/api/users/tokens/';
const tokenSchema = rowSchema(TOKENS, 'Token');

const newToken = z.strictObject({
  name: name(),
  scope: z.enum(SCOPES).default('read'),
  expires: time.nullish(),
  allowed_ips: z.array(network).max(100).nullish(),
});

function createOne(knex: Knex): Endpoint {
  return endpoint({
    method: 'post',
    path: PATH,
    summary: 'Make a token; its key is shown only in this answer',
    tags: TAGS,
    scope: 'admin',
    creates: true,
    request: { body: newToken },
    responses: { 201: { description: 'The token with its key', schema: tokenSchema } },
    handler: async ({ body }, { baseUrl }) => {
      const token = await createToken(knex, body);
      const { key: _, ...kept } = token;
      return {
        status: 201,
        headers: { Location: `${baseUrl}${PATH}${token.id}/`, 'Cache-Control': 'no-store' },
        body: token,
        kept,
      };
    },
  });
}

/** Keys of the API, for its admins. They are stored hashed: a POST that is sent again gets its token, without the key. */
export function createTokenRoutes({ knex }: { readonly knex: Knex }): Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: PATH,
      summary: 'Tokens, without their keys',
      tags: TAGS,
      scope: 'admin',
      listParameters: listParameters(TOKENS),
      responses: { 200: { description: 'Tokens', schema: pageOf(tokenSchema) } },
      handler: async (_input, context) => {
        const request = parseListRequest(TOKENS, context.query);
        return pageAnswer(context, TOKENS, request, await listRecords(knex, TOKENS, request));
      },
    }),
    createOne(knex),
    endpoint({
      method: 'get',
      path: `${PATH}{id}/`,
      summary: 'One token, without its key',
      tags: TAGS,
      scope: 'admin',
      request: { params: idParams },
      responses: { 200: { description: 'The token', schema: tokenSchema } },
      handler: async ({ params }) => {
        const token = await findRecord(knex, TOKENS, params.id);
        if (!token) throw notFound('token', params.id);
        return { body: token };
      },
    }),
    endpoint({
      method: 'delete',
      path: `${PATH}{id}/`,
      summary: 'Withdraw a token at once',
      tags: TAGS,
      scope: 'admin',
      request: { params: idParams },
      responses: { 204: { description: 'It is gone' } },
      handler: async ({ params }) => {
        if (!(await deleteToken(knex, params.id))) throw notFound('token', params.id);
        return { status: 204 };
      },
    }),
  ];
}
