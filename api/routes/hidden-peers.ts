import type { Knex } from 'knex';
import { HIDDEN_PEER } from '../../store/peeringdb/hidden-peers';
import { isUnknownInCache } from '../../store/peeringdb/known';
import { HIDDEN_PEERS } from '../../store/peeringdb/lists';
import type { Values } from '../../store/records';
import type { Endpoint } from '../http/endpoint';
import { recordEndpoints, type RecordKind } from '../http/records';
import { peeringdbId, text, time } from '../http/schemas';
import type { FieldErrors } from '../problem';

async function check(knex: Knex, values: Values): Promise<FieldErrors> {
  const errors: Record<string, string[]> = {};
  for (const [field, tag] of [
    ['peeringdb_network', 'net'],
    ['peeringdb_ixlan', 'ixlan'],
  ] as const) {
    const id = values[field];
    if (typeof id === 'number' && (await isUnknownInCache(knex, tag, id)))
      errors[field] = [`the PeeringDB cache has no record ${id}`];
  }
  return errors;
}

/** Networks that are not to be shown among the available peers of an exchange. */
const HIDDEN_PEER_KIND: RecordKind = {
  path: '/api/peeringdb/hidden-peers/',
  label: 'hidden peer',
  schemaId: 'HiddenPeer',
  tags: ['peeringdb'],
  source: HIDDEN_PEERS,
  table: HIDDEN_PEER,
  fields: {
    peeringdb_network: peeringdbId,
    peeringdb_ixlan: peeringdbId,
    until: time.nullable(),
    comments: text(10_000),
  },
  defaults: { until: null, comments: '' },
  check,
};

/** What can be done with hidden peers. */
export const createHiddenPeerRoutes = ({ knex }: { readonly knex: Knex }): Endpoint[] =>
  recordEndpoints(knex, HIDDEN_PEER_KIND);
