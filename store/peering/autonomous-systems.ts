import type { Knex } from 'knex';

/** Whether an autonomous system is one of our own; nothing when there is no such record. */
export async function isAffiliated(knex: Knex, id: number): Promise<boolean | undefined> {
  const row = await knex<{ id: number; affiliated: boolean }>('peering_autonomous_system')
    .where({ id })
    .first('affiliated');
  return row?.affiliated;
}

/** Our own autonomous systems, by ASN. */
export const affiliatedAses = (knex: Knex): Promise<{ id: number; asn: number }[]> =>
  knex<{ id: number; asn: number; affiliated: boolean }>('peering_autonomous_system')
    .where({ affiliated: true })
    .orderBy('asn')
    .select('id', 'asn');
