import type { Knex } from 'knex';
import { z } from 'zod';
import { renewLinks } from '../../../store/peering/links';
import { INTERNET_EXCHANGES, STATES } from '../../../store/peering/lists';
import { slugFor } from '../../../store/peering/slugs';
import { INTERNET_EXCHANGE } from '../../../store/peering/tables';
import { isUnknownInCache } from '../../../store/peeringdb/known';
import type { Values } from '../../../store/records';
import type { RecordKind } from '../../http/records';
import { choice, name, peeringdbId, reference, text } from '../../http/schemas';
import type { FieldErrors } from '../../problem';

async function check(knex: Knex, { peeringdb_ixlan }: Values): Promise<FieldErrors> {
  if (typeof peeringdb_ixlan !== 'number' || !(await isUnknownInCache(knex, 'ixlan', peeringdb_ixlan))) return {};
  return { peeringdb_ixlan: [`the PeeringDB cache has no record ${peeringdb_ixlan}`] };
}

/** Internet exchanges: one for each pair of ixlan and local AS. */
export const INTERNET_EXCHANGE_KIND: RecordKind = {
  path: '/api/peering/internet-exchanges/',
  label: 'internet exchange',
  schemaId: 'InternetExchange',
  tags: ['peering'],
  source: INTERNET_EXCHANGES,
  table: INTERNET_EXCHANGE,
  fields: {
    name: name(128),
    slug: z.string().regex(/^[-a-z0-9_]{1,128}$/i, 'expected letters, digits, hyphens and underscores'),
    status: choice(STATES),
    description: text(200),
    local_autonomous_system: reference,
    peeringdb_ixlan: peeringdbId.nullable(),
    comments: text(10_000),
  },
  defaults: { slug: undefined, status: 'enabled', description: '', peeringdb_ixlan: null, comments: '' },
  check,
  derive: async (knex, { name, slug }) => (slug === undefined ? { slug: await slugFor(knex, String(name)) } : {}),
  after: (trx, id) => renewLinks(trx, { exchange: id }),
};
