import { invalid, json, problem, type Answer } from './answers';
import type { Book } from './book';
import type { Fault } from './faults';
import { filtersOf } from './filters';
import { createLinked } from './linked';
import type { Collection, IxapiVersion, Row } from './model';
import { cutPage, type Paging } from './paging';
import { show } from './show';
import { createView } from './visibility';

const NEW: readonly Collection[] = ['availability-zones', 'port-reservations', 'routing-functions'];

/** 2.1.0 declares a list for one of these, and a client has to live with either (its paths of one object). */
const LISTS_OF_ONE: readonly Collection[] = ['facilities', 'metro-areas'];

export const isListed = (version: IxapiVersion, collection: Collection): boolean =>
  version === '2.7.1' || !NEW.includes(collection);

/** Whose question it is, and what it is about. */
export interface ListQuestion {
  readonly account: string;
  readonly collection: Collection;
  readonly params: URLSearchParams;
  readonly fault: Fault | undefined;
}

export interface Lists {
  readonly list: (question: ListQuestion) => Answer;
  readonly one: (account: string, collection: Collection, id: string) => Answer;
  /** The row, if the account sees it. */
  readonly find: (account: string, collection: Collection, id: string) => Row | undefined;
  readonly shown: (account: string, collection: Collection, row: Row) => object;
}

/** Answers lists and single objects. */
export function createLists(book: Book, version: IxapiVersion, paging: () => Paging | 'off'): Lists {
  const linked = createLinked(book);
  const shown: Lists['shown'] = (account, collection, row) =>
    show(book, version, collection, row, createView(book, version, account).isRedacted(collection, row));
  const find: Lists['find'] = (account, collection, id) => {
    const row = book.db[collection].get(id);
    return row !== undefined && createView(book, version, account).sees(collection, row) ? row : undefined;
  };
  return {
    find,
    shown,
    list: ({ account, collection, params, fault }) => {
      const filters = filtersOf(version, collection);
      // Unknown parameters are ignored (IX-API 2.1.0, "Filters").
      const asked = [...new Set(params.keys())]
        .filter((name) => Object.hasOwn(filters, name))
        .map((name) => ({ name, filter: filters[name]!, value: params.getAll(name).at(-1)! }));
      const wrong = asked.flatMap(({ name, filter, value }) => {
        const reason = filter.complain?.(value);
        return reason === undefined ? [] : [{ name, reason }];
      });
      if (wrong.length > 0) return invalid(wrong);
      const view = createView(book, version, account);
      const rows = book
        .rows(collection)
        .filter((row) => view.sees(collection, row))
        .filter((row) => asked.every(({ filter, value }) => filter.passes(row, value, linked)));
      const page = cutPage(spoilRows(rows, fault), spoilParams(params, fault), paging());
      if ('body' in page) return page;
      const objects = page.rows.map((row) => show(book, version, collection, row, view.isRedacted(collection, row)));
      return answerOf(project(collection, objects, params), page, fault, params);
    },
    one: (account, collection, id) => {
      const row = find(account, collection, id);
      if (row === undefined) return problem('not-found', `There is no ${id}.`);
      const object = shown(account, collection, row);
      return json(200, version === '2.1.0' && LISTS_OF_ONE.includes(collection) ? [object] : object);
    },
  };
}

/** Offerings can be cut down to some fields, and come without repetitions then (IX-API 2.1.0, `fields`). */
function project(collection: Collection, objects: readonly object[], params: URLSearchParams): object[] {
  const fields = params.get('fields')?.split(',');
  if (collection !== 'product-offerings' || fields === undefined) return [...objects];
  const wanted = new Set(['type', ...fields]);
  const cut = objects.map((object) => Object.fromEntries(Object.entries(object).filter(([name]) => wanted.has(name))));
  return [...new Map(cut.map((object) => [JSON.stringify(object), object])).values()];
}

function spoilRows(rows: readonly Row[], fault: Fault | undefined): readonly Row[] {
  if (fault?.kind === 'shift') return rows.slice(fault.by);
  if (fault?.kind === 'duplicate-rows') return rows.flatMap((row) => [row, row]);
  return rows;
}

function spoilParams(params: URLSearchParams, fault: Fault | undefined): URLSearchParams {
  if (fault?.kind !== 'endless') return params;
  const kept = new URLSearchParams(params);
  for (const name of ['page_offset', 'page_token']) kept.delete(name);
  return kept;
}

type Told = { readonly status: number; readonly headers: Record<string, string> };

function answerOf(objects: readonly object[], told: Told, fault: Fault | undefined, params: URLSearchParams): Answer {
  const send = (rows: readonly object[], status: number): Answer => ({
    ...json(status, rows, told.headers),
    rows: rows.length,
  });
  if (fault?.kind === 'rows') return send(objects.slice(0, fault.keep), fault.status ?? 200);
  if (fault?.kind === 'partial') return send(objects, 206);
  if (fault?.kind !== 'endless') return send(objects, told.status);
  const mark = fault.fresh === true ? `-${params.get('page_offset') ?? '0'}` : '';
  return send(
    objects.map((object) => ({ ...object, id: `${(object as Row).id}${mark}` })),
    206,
  );
}
