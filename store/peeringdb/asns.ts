import type { Knex } from 'knex';

/** Which of these ASNs no network in the cache has. */
export async function unknownAsns(trx: Knex, asns: readonly number[]): Promise<number[]> {
  const known = await trx('peeringdb_net').whereIn('asn', asns).pluck<number[]>('asn');
  return asns.filter((asn) => !known.includes(asn));
}
