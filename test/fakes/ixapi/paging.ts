import { invalid, type Answer } from './answers';
import { isWhole } from './filter-kinds';

/** How lists are cut into pages. */
export interface Paging {
  /** The most rows of an answer, asked for or not; 100 by default. */
  readonly size?: number;
  /**
   * What the last of several pages is answered: 200 by default. The specification leaves it open; with 206 a walk ends
   * with an empty page, which is 206 as well.
   */
  readonly last?: 200 | 206;
  /** A header for the token of the next page. Its name is known from no source, so there is none by default. */
  readonly tokenHeader?: string;
}

export interface Page<T> {
  readonly rows: readonly T[];
  readonly status: 200 | 206;
  readonly headers: Record<string, string>;
}

const TOKEN = /^after-(\d+)$/;

/** Cuts the page out that is asked for: 200 says that this is all, 206 that it is a part (IX-API 2.7.1). */
export function cutPage<T>(rows: readonly T[], params: URLSearchParams, paging: Paging | 'off'): Page<T> | Answer {
  if (paging === 'off') return { rows, status: 200, headers: {} };
  const bad = ['page_limit', 'page_offset'].filter((name) => !isUsable(name, params.get(name)));
  const token = params.get('page_token');
  const start = TOKEN.exec(token ?? '')?.[1];
  if (token !== null && start === undefined) bad.push('page_token');
  if (bad.length > 0) return invalid(bad.map((name) => ({ name, reason: 'A valid value is required.' })));
  const { size = 100, last = 200, tokenHeader } = paging;
  const offset = Number(start ?? params.get('page_offset') ?? 0);
  const limit = Math.min(size, Number(params.get('page_limit') ?? size));
  const page = rows.slice(offset, offset + limit);
  const end = offset + page.length;
  const isWholeList = offset === 0 && end === rows.length;
  const hasMore = end < rows.length;
  const status = hasMore || (!isWholeList && last === 206) ? 206 : 200;
  return { rows: page, status, headers: hasMore && tokenHeader !== undefined ? { [tokenHeader]: `after-${end}` } : {} };
}

function isUsable(name: string, value: string | null): boolean {
  if (value === null) return true;
  return isWhole(value) && Number(value) >= (name === 'page_limit' ? 1 : 0);
}
