import type { Knex } from 'knex';

const LONGEST = 120;

/** A name as part of an address: lower-case letters and digits, with hyphens between. A name without any is `otherwise`. */
export const slugOf = (name: string, otherwise = 'internet-exchange'): string =>
  name
    .normalize('NFKD')
    .replaceAll(/\p{Mark}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, LONGEST) || otherwise;

/** A slug for an exchange of this name that no other has: with a number behind it where the name alone is taken. */
export async function slugFor(knex: Knex, name: string): Promise<string> {
  const slug = slugOf(name);
  const taken = new Set(
    await knex('peering_internet_exchange').where({ slug }).orWhereLike('slug', `${slug}-%`).pluck<string[]>('slug'),
  );
  if (!taken.has(slug)) return slug;
  for (let number = 2; ; number += 1) if (!taken.has(`${slug}-${number}`)) return `${slug}-${number}`;
}
