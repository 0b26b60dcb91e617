import type { Knex } from 'knex';
import { z } from 'zod';
import { canFollow, followPeeringdb } from '../../../store/peering/follow';
import { renewLinks } from '../../../store/peering/links';
import { AUTONOMOUS_SYSTEMS, INTERNET_EXCHANGES } from '../../../store/peering/lists';
import { requireCache } from '../../../store/peeringdb/snapshot';
import { CACHE_LISTS } from '../../../store/peeringdb/lists';
import type { ListSource } from '../../../store/query/columns';
import { findRecord } from '../../../store/query/list';
import { endpoint, type Endpoint } from '../../http/endpoint';
import { listParameters, rowSchema } from '../../http/list';
import { answerQuestion } from '../../http/question';
import { idParams } from '../../http/schemas';
import { pageOf } from '../../openapi';
import { notFound } from '../../problem';

const contactsOf = (asn: number): ListSource => ({
  ...CACHE_LISTS.poc,
  table: `(SELECT c.* FROM peeringdb_poc c JOIN peeringdb_net n ON n.id = c.net_id WHERE n.asn = ${Math.trunc(asn)}) AS contacts`,
  ordering: 'role',
});

async function recordOf(knex: Knex, source: ListSource, label: string, id: number): Promise<Record<string, unknown>> {
  const record = await findRecord(knex, source, id);
  if (!record) throw notFound(label, id);
  return record;
}

const write = { method: 'post', tags: ['peering'], scope: 'write' } as const;
const emptyBody = z.strictObject({});

/** What own records take over from the cache when they are asked to, and who to write to. */
export const createFollowRoutes = ({ knex }: { readonly knex: Knex }): Endpoint[] => [
  endpoint({
    ...{ ...write, path: '/api/peering/autonomous-systems/{id}/sync-with-peeringdb/' },
    summary: 'Take name, IRR as-set and maximum prefixes over from PeeringDB, each unless its flag is off',
    request: { params: idParams, body: emptyBody },
    responses: {
      200: { description: 'The record afterwards', schema: rowSchema(AUTONOMOUS_SYSTEMS, 'AutonomousSystem') },
      204: { description: 'PeeringDB says nothing of this ASN, or it is a private one' },
    },
    handler: async ({ params: { id } }, { now }) => {
      await requireCache(knex);
      await recordOf(knex, AUTONOMOUS_SYSTEMS, 'autonomous system', id);
      if (!(await canFollow(knex, id))) return { status: 204 };
      await knex.transaction((trx) => followPeeringdb(trx, now, id));
      return { body: await recordOf(knex, AUTONOMOUS_SYSTEMS, 'autonomous system', id) };
    },
  }),
  endpoint({
    ...{ ...write, path: '/api/peering/internet-exchanges/{id}/link-to-peeringdb/' },
    summary: 'Renew the links of an exchange and its connections to PeeringDB, as every synchronisation does',
    request: { params: idParams, body: emptyBody },
    responses: {
      200: { description: 'The record afterwards', schema: rowSchema(INTERNET_EXCHANGES, 'InternetExchange') },
    },
    handler: async ({ params: { id } }) => {
      await requireCache(knex);
      await recordOf(knex, INTERNET_EXCHANGES, 'internet exchange', id);
      await knex.transaction((trx) => renewLinks(trx, { exchange: id }));
      return { body: await recordOf(knex, INTERNET_EXCHANGES, 'internet exchange', id) };
    },
  }),
  endpoint({
    ...{ method: 'get', path: '/api/peering/autonomous-systems/{id}/contacts/', tags: ['peering'], scope: 'read' },
    summary: "A network's contacts in PeeringDB, by role",
    request: { params: idParams },
    listParameters: listParameters(contactsOf(0)),
    responses: {
      200: { description: 'A page, from one snapshot', schema: pageOf(rowSchema(contactsOf(0), 'PeeringDB_poc')) },
    },
    handler: ({ params: { id } }, context) =>
      answerQuestion(knex, context, context.query, async (trx) => {
        const record = await recordOf(trx, AUTONOMOUS_SYSTEMS, 'autonomous system', id);
        return contactsOf(record['asn'] as number);
      }),
  }),
];
