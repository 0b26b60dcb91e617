import type { Knex } from 'knex';
import { z } from 'zod';
import { auditOf } from '../../../store/devices/lists';
import { hasHistory } from '../../../store/devices/people';
import { removeRouter } from '../../../store/devices/removal';
import { listRecords } from '../../../store/query/list';
import { parseListRequest } from '../../../store/query/request';
import { endpoint, type Endpoint } from '../../http/endpoint';
import { listParameters, pageAnswer, rowSchema } from '../../http/list';
import { explained, recordEndpoints, writerOf } from '../../http/records';
import { flag, idParams } from '../../http/schemas';
import { pageOf } from '../../openapi';
import { notFound } from '../../problem';
import { ROUTER_KIND } from './routers-fields';

const { path, tags } = ROUTER_KIND;

/** What whoever changes a linked router has to know. */
const FOLLOWS = "of a linked one, NetBox's fields come back when its device is looked at the next time";

const isRemoval = ({ method }: Endpoint): boolean => method === 'delete';
const isChange = ({ method }: Endpoint): boolean => method === 'put' || method === 'patch';

const removal = (knex: Knex): Endpoint =>
  endpoint({
    ...{ method: 'delete', path: `${path}{id}/`, tags, scope: 'write' },
    summary: 'Delete: router; one whose device is in scope only with exclude=true, so that it does not come back',
    request: {
      params: idParams,
      query: z.object({ exclude: flag.optional().meta({ description: 'the device gets no router any more' }) }),
    },
    responses: {
      204: { description: 'It is gone' },
      409: { description: 'It would come back by itself, or has connections' },
    },
    handler: async ({ params: { id }, query: { exclude = false } }, context) => {
      const work = knex.transaction((trx) => removeRouter(trx, id, exclude, writerOf(context)));
      if (!(await explained(work))) throw notFound('router', id);
      return { status: 204 };
    },
  });

const history = (knex: Knex): Endpoint =>
  endpoint({
    ...{ method: 'get', path: `${path}{id}/audit/`, tags, scope: 'read' },
    summary: 'What became of a router, newest first; also of one that is gone',
    request: { params: idParams },
    listParameters: listParameters(auditOf(0)),
    responses: { 200: { description: 'A page of the list', schema: pageOf(rowSchema(auditOf(0), 'RouterAudit')) } },
    handler: async ({ params: { id } }, context) => {
      const source = auditOf(id);
      const request = parseListRequest(source, context.query);
      if (!(await hasHistory(knex, id))) throw notFound('router', id);
      return pageAnswer(context, source, request, await listRecords(knex, source, request));
    },
  });

/** Routers as records, and what became of them. */
export const createRouterRoutes = ({ knex }: { readonly knex: Knex }): Endpoint[] => [
  ...recordEndpoints(knex, ROUTER_KIND)
    .filter((one) => !isRemoval(one))
    .map((one) => (isChange(one) ? { ...one, summary: `${one.summary}; ${FOLLOWS}` } : one)),
  removal(knex),
  history(knex),
];
