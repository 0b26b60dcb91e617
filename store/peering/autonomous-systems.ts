import type { Knex } from 'knex';

/** Our own autonomous systems, by ASN. */
export const affiliatedAses = (knex: Knex): Promise<{ id: number; asn: number }[]> =>
  knex<{ id: number; asn: number; affiliated: boolean }>('peering_autonomous_system')
    .where({ affiliated: true })
    .orderBy('asn')
    .select('id', 'asn');
