import type { Knex } from 'knex';
import { keepPages, type Page } from '../../../store/ixapi/reading/pages';
import type { ListName } from '../../../store/ixapi/reading/raw';

/** Keeps pages for whoever goes on with a reading that failed; whoever reads to the end needs none of them. */
export interface PageKeeper {
  keep(list: ListName, page: Page): Promise<void>;
  /** Writes what waits. */
  flush(): Promise<void>;
}

/** As much as a worker that is killed may have to ask for again. Milliseconds. */
const EVERY_MS = 5_000;

/** Pages wait in memory, since a transaction for each would cost more than reading it. */
export function createPageKeeper(knex: Knex, reading: number): PageKeeper {
  let waiting: (Page & { readonly list: ListName })[] = [];
  let since = performance.now();
  const flush = async (): Promise<void> => {
    const pages = waiting;
    waiting = [];
    since = performance.now();
    await keepPages(knex, reading, pages);
  };
  return {
    async keep(list, page) {
      waiting.push({ ...page, list });
      if (performance.now() - since >= EVERY_MS) await flush();
    },
    flush,
  };
}
