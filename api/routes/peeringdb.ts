import type { Knex } from 'knex';
import { OBJECT_TAGS, OBJECTS, type ObjectTag } from '../../store/peeringdb/objects';
import { CACHE_LISTS, QUARANTINE, SYNCHRONISATIONS } from '../../store/peeringdb/lists';
import { readSnapshot } from '../../store/peeringdb/snapshot';
import { findRecord, listPage } from '../../store/query/list';
import { parseListRequest } from '../../store/query/request';
import { endpoint, type Endpoint } from '../http/endpoint';
import { listParameters, pageAnswer, rowSchema } from '../http/list';
import { listEndpoint } from '../http/read-list';
import { idParams } from '../http/schemas';
import { fromSnapshot } from '../http/snapshot';
import { pageOf } from '../openapi';
import { notFound } from '../problem';

const TAGS = ['peeringdb'];

const schemas = Object.fromEntries(
  OBJECT_TAGS.map((tag) => [tag, rowSchema(CACHE_LISTS[tag], `PeeringDB_${tag}`)]),
) as Record<ObjectTag, ReturnType<typeof rowSchema>>;

function cacheList(knex: Knex, tag: ObjectTag): Endpoint {
  const source = CACHE_LISTS[tag];
  return endpoint({
    method: 'get',
    path: `/api/peeringdb/${OBJECTS[tag].path}/`,
    summary: `PeeringDB's ${tag} rows`,
    tags: TAGS,
    scope: 'read',
    listParameters: listParameters(source),
    responses: { 200: { description: 'A page of the list, from one snapshot', schema: pageOf(schemas[tag]) } },
    handler: (_input, context) => {
      const request = parseListRequest(source, context.query);
      return readSnapshot(knex, async (trx, synchronisation) =>
        fromSnapshot(synchronisation, pageAnswer(context, source, request, await listPage(trx, source, request))),
      );
    },
  });
}

function cacheRecord(knex: Knex, tag: ObjectTag): Endpoint {
  const { path, label } = OBJECTS[tag];
  return endpoint({
    method: 'get',
    path: `/api/peeringdb/${path}/{id}/`,
    summary: `One of PeeringDB's ${tag} rows`,
    tags: TAGS,
    scope: 'read',
    request: { params: idParams },
    responses: { 200: { description: `The ${label}`, schema: schemas[tag] } },
    handler: ({ params: { id } }) =>
      readSnapshot(knex, async (trx, synchronisation) => {
        const row = await findRecord(trx, CACHE_LISTS[tag], id);
        if (!row) throw notFound(label, id);
        return fromSnapshot(synchronisation, { body: row });
      }),
  });
}

/** The cache as it is, and how it came about. */
export function createPeeringdbRoutes({ knex }: { readonly knex: Knex }): Endpoint[] {
  return [
    ...OBJECT_TAGS.flatMap((tag) => [cacheList(knex, tag), cacheRecord(knex, tag)]),
    listEndpoint(knex, {
      path: '/api/peeringdb/synchronisations/',
      summary: 'The synchronisations, the newest first',
      tags: TAGS,
      source: SYNCHRONISATIONS,
      schema: rowSchema(SYNCHRONISATIONS, 'Synchronisation'),
    }),
    listEndpoint(knex, {
      path: '/api/peeringdb/quarantine/',
      summary: 'Rows that PeeringDB sent and that cannot be published, with the reason',
      tags: TAGS,
      source: QUARANTINE,
      schema: rowSchema(QUARANTINE, 'QuarantinedRow'),
    }),
    endpoint({
      method: 'get',
      path: '/api/peeringdb/synchronisations/{id}/',
      summary: 'One synchronisation',
      tags: TAGS,
      scope: 'read',
      request: { params: idParams },
      responses: {
        200: { description: 'The synchronisation', schema: rowSchema(SYNCHRONISATIONS, 'Synchronisation') },
      },
      handler: async ({ params: { id } }) => {
        const row = await findRecord(knex, SYNCHRONISATIONS, id);
        if (!row) throw notFound('synchronisation', id);
        return { body: row };
      },
    }),
  ];
}
