import { z } from 'zod';
import type { NetboxClient } from './client';
import { badAnswer } from './errors';

/** Rows on a page: NetBox's own limit unless its operator lowered it, which is respected. */
const PAGE = 1000;

/** A list of NetBox's: its path below `/api/`, the parameters that choose its rows and fields, and what a row is. */
export interface NetboxList<T extends { readonly id: number }> {
  readonly path: string;
  readonly query: string;
  readonly row: z.ZodType<T>;
}

/**
 * All rows of a list, by id. A page begins after the last row of the one before, and not at an offset, so that what is
 * made or deleted meanwhile shifts nothing; of `next` only is believed that there is more, since it may name any machine.
 */
export async function readRows<T extends { readonly id: number }>(
  client: NetboxClient,
  { path, query, row }: NetboxList<T>,
  signal: AbortSignal,
): Promise<T[]> {
  const pageSchema = z.looseObject({ next: z.string().nullish(), results: z.array(row) });
  const rows: T[] = [];
  for (let after = 0; ;) {
    const { json } = await client.get(`${path}?${query}&id__gt=${after}&ordering=id&limit=${PAGE}`, signal);
    const page = pageSchema.safeParse(json);
    if (!page.success) throw badAnswer(`NetBox answers with what is no list of ${path}`, page.error);
    const { next = null, results } = page.data;
    for (const { id } of results) {
      if (id <= after) throw badAnswer(`NetBox answers with ${path} that are not further on`);
      after = id;
    }
    rows.push(...results);
    if (next === null || results.length === 0) return rows;
  }
}
