import type { Knex } from 'knex';
import { z } from 'zod';
import { sweepDrift } from '../../../store/ixapi/drift/keep';
import { endpointOf, forgetIxapiLinks } from '../../../store/ixapi/object/unlink';
import { lockImports } from '../../../store/peering/import-lock';
import { renewLinks } from '../../../store/peering/links';
import { INTERNET_EXCHANGES, STATES } from '../../../store/peering/lists';
import { slugFor } from '../../../store/peering/slugs';
import { INTERNET_EXCHANGE } from '../../../store/peering/tables';
import { isUnknownInCache } from '../../../store/peeringdb/known';
import type { Values } from '../../../store/records';
import type { RecordKind } from '../../http/records';
import { choice, name, peeringdbId, reference, text } from '../../http/schemas';
import type { FieldErrors } from '../../problem';
import type { PeeringDeps } from './deps';

async function check(knex: Knex, { peeringdb_ixlan }: Values): Promise<FieldErrors> {
  if (typeof peeringdb_ixlan !== 'number' || !(await isUnknownInCache(knex, 'ixlan', peeringdb_ixlan))) return {};
  return { peeringdb_ixlan: [`the PeeringDB cache has no record ${peeringdb_ixlan}`] };
}

/** What connections are at an IX-API object is forgotten when their exchange is linked to another one, or to none. */
async function aroundLink(
  trx: Knex.Transaction,
  now: Date,
  id: number | undefined,
): Promise<(written: number) => Promise<void>> {
  // An import comes before it, or after it.
  if (id !== undefined) await lockImports(trx);
  const before = id === undefined ? null : await endpointOf(trx, id);
  return async (written) => {
    if ((await endpointOf(trx, written)) !== before) await forgetIxapiLinks(trx, written, now);
  };
}

/** Internet exchanges: one for each pair of ixlan and local AS. */
export const internetExchangeKind = ({ incidents }: Pick<PeeringDeps, 'incidents'>): RecordKind => ({
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
    ixapi_endpoint: reference.nullable(),
    comments: text(10_000),
  },
  defaults: {
    ...{ slug: undefined, status: 'enabled', description: '', comments: '' },
    ...{ peeringdb_ixlan: null, ixapi_endpoint: null },
  },
  check,
  derive: async (knex, { name, slug }) => (slug === undefined ? { slug: await slugFor(knex, String(name)) } : {}),
  after: (trx, id) => renewLinks(trx, { exchange: id }),
  around: (trx, { now }, id) => aroundLink(trx, now, id),
  // What was compared may be compared no more.
  afterwards: (trx, { username, now }) => sweepDrift(trx, incidents.join, { actor: username, now }),
});
