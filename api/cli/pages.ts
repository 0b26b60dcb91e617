import type { Row } from '../csv';
import { pageSchema, parseAnswer } from './answers';
import type { ApiClient } from './http';

/** The most that the API gives in one page. */
const LIMIT = '1000';

/** All rows of a list, of however many pages; `what` names it where an answer is not as expected. */
export async function fetchAll(
  client: ApiClient,
  path: string,
  what: string,
  filters: readonly [name: string, value: string][] = [],
): Promise<Row[]> {
  const rows: Row[] = [];
  for (;;) {
    const query: [string, string][] = [...filters, ['limit', LIMIT], ['offset', String(rows.length)]];
    const { count, results } = parseAnswer(pageSchema, await client.get(path, query), what);
    rows.push(...results);
    // A page without rows ends it too: the list may have become shorter since its first page.
    if (results.length === 0 || rows.length >= count) return rows;
  }
}
