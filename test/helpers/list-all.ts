import type { Knex } from 'knex';
import type { ListSource } from '../../store/query/columns';
import { listPage } from '../../store/query/list';
import { parseListRequest } from '../../store/query/request';

/** All rows of a list in its own order, on one page whose count is their number. */
export async function listAll<T = Record<string, unknown>>(trx: Knex.Transaction, source: ListSource): Promise<T[]> {
  const page = await listPage(trx, source, parseListRequest(source, new URLSearchParams({ limit: '0' })));
  expect(page.count).toBe(page.rows.length);
  return page.rows as unknown as T[];
}
