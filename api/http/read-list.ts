import type { Knex } from 'knex';
import type { z } from 'zod';
import type { ListSource } from '../../store/query/columns';
import { listRecords } from '../../store/query/list';
import { parseListRequest } from '../../store/query/request';
import type { Scope } from '../../store/tokens';
import { pageOf } from '../openapi';
import { endpoint, type Endpoint } from './endpoint';
import { listParameters, pageAnswer } from './list';

/** What makes a list of the product's own tables an endpoint. */
export interface ReadList {
  readonly path: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly source: ListSource;
  readonly schema: z.ZodType;
  readonly scope?: Scope;
}

/** A list of the product's own tables, with the filters of all lists. */
export const listEndpoint = (knex: Knex, { path, summary, tags, source, schema, scope = 'read' }: ReadList): Endpoint =>
  endpoint({
    method: 'get',
    path,
    summary,
    tags,
    scope,
    listParameters: listParameters(source),
    responses: { 200: { description: 'A page of the list', schema: pageOf(schema) } },
    handler: async (_input, context) => {
      const request = parseListRequest(source, context.query);
      return pageAnswer(context, source, request, await listRecords(knex, source, request));
    },
  });
