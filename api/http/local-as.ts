import type { Knex } from 'knex';
import { affiliatedAses } from '../../store/peering/autonomous-systems';
import { invalidRequest, Problem } from '../problem';
import type { ParameterDoc } from './endpoint';

/** What the document says of the parameter that chooses {@link localAs}. */
export const LOCAL_ASN_PARAMETER: ParameterDoc = {
  name: 'local_asn',
  description: 'one of our own, affiliated autonomous systems; all of them unless given',
  schema: { type: ['integer', 'string'] },
};

type Own = { readonly id: number; readonly asn: number };

/** Our own autonomous systems. Throws a 409 when there is none. */
export async function localAses(knex: Knex): Promise<readonly [Own, ...Own[]]> {
  const [first, ...others] = await affiliatedAses(knex);
  if (first) return [first, ...others];
  throw new Problem('conflict', 'no autonomous system is affiliated: create one with "affiliated": true first');
}

/** Our own autonomous system of this ASN. Throws as {@link localAses}, and a 400 when it is none of ours. */
export async function localAs(knex: Knex, asn: number, field = 'local_asn'): Promise<Own> {
  const own = await localAses(knex);
  const found = own.find((local) => local.asn === asn);
  if (found) return found;
  const known = own.map((local) => local.asn).join(', ');
  throw invalidRequest({ [field]: [`expected the ASN of an affiliated autonomous system: ${known}`] });
}
