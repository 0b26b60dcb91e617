import { json, type Answer } from './answers';
import type { ActiveFaults } from './faults';
import { cutPage, readWindow } from './page';

/** A kind of objects that can be listed. */
export interface Listed<T extends { readonly id: number }> {
  /** All that the parameters let through; by id when paged by cursor. */
  readonly select: (params: URLSearchParams, cursor: boolean) => readonly T[];
  /** Makes the writer of one of them as JSON. */
  readonly writer: (base: string, params: URLSearchParams) => (row: T) => string;
}

interface ListQuestion {
  readonly url: URL;
  readonly faults: ActiveFaults;
  readonly maxPageSize: number;
  /** Whether there is paging by cursor. */
  readonly cursor: boolean;
}

/** Answers with a page of a list. */
export function listAnswer<T extends { readonly id: number }>(listed: Listed<T>, question: ListQuestion): Answer {
  const { url, faults } = question;
  const params = url.searchParams;
  const window = readWindow(params, question.maxPageSize, question.cursor);
  if (faults.emptyList !== undefined) return json(200, { count: 0, next: null, previous: null, results: [] });
  const page = cutPage(listed.select(params, window.kind === 'cursor'), window, url);
  const next =
    page.next === null || faults.wrongNext === undefined ? page.next : moved(page.next, faults.wrongNext.origin);
  const more = faults.overCount === undefined ? 0 : (faults.overCount.by ?? 1);
  const count = page.count === null ? null : page.count + more;
  const results = page.rows.map(listed.writer(url.origin, params)).join(',');
  const ends = JSON.stringify({ count, next, previous: page.previous }).slice(0, -1);
  const body = `${ends},"results":[${results}]}`;
  return { status: 200, type: 'application/json', body, rows: page.rows.length };
}

function moved(address: string, origin: string): string {
  const { pathname, search } = new URL(address);
  return `${origin}${pathname}${search}`;
}
