import { OBJECTS, OBJECT_TAGS, type ObjectTag } from '../../../store/peeringdb/objects';
import { rowOf, textOf, type Entry, type Store } from './store';
import { sees, type Identity } from './visibility';

/** What a request asks for; `file` is the public cache, `other` no address of PeeringDB's API. */
export type Kind = 'list' | 'since' | 'filter' | 'object' | 'file' | 'other';

/** A request's address, taken apart. */
export interface Query {
  readonly kind: Kind;
  readonly tag: ObjectTag | undefined;
  readonly id: number | undefined;
  /** Whole seconds; 0 when absent. */
  readonly since: number;
  readonly limit: number;
  readonly skip: number;
  readonly filters: readonly Filter[];
  /** Why PeeringDB, or this fake of it, refuses the parameters. */
  readonly refused: string | undefined;
  /** A filter that names one object by `id` or, of networks, `asn`: no match is then 404. */
  readonly unique: boolean;
}

interface Filter {
  readonly field: string;
  readonly values: readonly string[];
}

const NOT_SIMULATED = ['fields', 'page', 'per_page', 'q', 'name_search'];
const OWN = new Set(['since', 'limit', 'skip', 'depth', 'pretty']);

/** Reads the path and parameters below `/api/` or `/public/`. */
export function parseQuery(url: URL): Query {
  const file = /^\/public\/([a-z]+)-0\.json$/.exec(url.pathname);
  const api = /^\/api\/([a-z]+)(?:\/(\d+))?\/?$/.exec(url.pathname);
  const tag = OBJECT_TAGS.find((known) => known === (file ?? api)?.[1]);
  const id = api?.[2] === undefined ? undefined : Number(api[2]);
  const numbers = { since: number(url, 'since'), limit: number(url, 'limit'), skip: number(url, 'skip') };
  const filters = tag === undefined ? [] : readFilters(tag, url);
  const bare = { ...numbers, tag, id, filters, refused: undefined, unique: false };
  if (tag === undefined) return { ...bare, kind: 'other' };
  if (file !== null) return { ...bare, kind: 'file' };
  const unique = url.searchParams.has('id') || (tag === 'net' && url.searchParams.has('asn'));
  return { ...bare, kind: kindOf(id, numbers.since, filters), refused: refusal(url, filters), unique };
}

/** The rows that an answer from the database holds, in its order. */
export function select(store: Store, query: Query, identity: Identity): Entry[] {
  const tag = query.tag!;
  const since = query.since > 0;
  const shown = (entry: Entry): boolean =>
    sees(tag, entry, identity) && (since ? isNews(tag, entry, query.since) : entry.status === 'ok');
  const found = candidates(store, query).filter((entry) => shown(entry) && matches(tag, entry, query.filters));
  if (since) found.sort((left, right) => left.updated - right.updated || left.id - right.id);
  return found.slice(query.skip, query.limit > 0 ? query.skip + query.limit : undefined);
}

/** PeeringDB compares strictly, and tells of tombstones, and of campuses that are pending. */
function isNews(tag: ObjectTag, entry: Entry, since: number): boolean {
  if (entry.status === 'pending' && tag !== 'campus') return false;
  return entry.created > since || entry.updated > since;
}

function candidates(store: Store, { tag, filters }: Query): readonly Entry[] {
  const table = store[tag!];
  const byId = filters.find(({ field }) => field === 'id');
  if (byId === undefined) return table.entries;
  const ids = [...new Set(byId.values.map(Number))].sort((left, right) => left - right);
  return ids.map((id) => table.byId.get(id)).filter((entry) => entry !== undefined);
}

function matches(tag: ObjectTag, entry: Entry, filters: readonly Filter[]): boolean {
  const { parents } = OBJECTS[tag];
  return filters.every(({ field, values }) => {
    if (field === 'id') return values.includes(String(entry.id));
    if (field === parents[0]?.column) return values.includes(String(entry.parent1));
    if (field === parents[1]?.column) return values.includes(String(entry.parent2));
    if (field === 'asn' || field === 'local_asn')
      return values.some((value) => textOf(entry).includes(`"${field}": ${value},`));
    const actual = String(rowOf(entry)[field]).toLowerCase();
    return values.some((value) => value.toLowerCase() === actual);
  });
}

function kindOf(id: number | undefined, since: number, filters: readonly Filter[]): Kind {
  if (id !== undefined) return 'object';
  if (since > 0) return 'since';
  return filters.length > 0 ? 'filter' : 'list';
}

/** Fields that the type does not have filter nothing, as upstream. */
function readFilters(tag: ObjectTag, url: URL): Filter[] {
  const fields = new Set(['status', ...OBJECTS[tag].columns.map(({ name }) => name)]);
  const filters: Filter[] = [];
  for (const [key, value] of url.searchParams) {
    const field = key.replace(/__in$/, '');
    if (!OWN.has(key) && fields.has(field)) filters.push({ field, values: key === field ? [value] : value.split(',') });
  }
  return filters;
}

function refusal(url: URL, filters: readonly Filter[]): string | undefined {
  for (const name of ['limit', 'skip', 'depth'])
    if (!/^-?\d*$/.test(url.searchParams.get(name) ?? '')) return `'${name}' needs to be a number`;
  if (Number.isNaN(number(url, 'since'))) return "'since' needs to be a unix timestamp (epoch seconds)";
  if (Number(url.searchParams.get('depth') ?? 0) > 0) return 'depth is not simulated by this fake';
  const other = [...url.searchParams.keys()].find((key) => NOT_SIMULATED.includes(key) || /__(?!in$)/.test(key));
  if (other !== undefined) return `${other} is not simulated by this fake`;
  for (const { field, values } of filters)
    for (const value of values)
      if (/^(id|asn|.*_id)$/.test(field) && !/^\d+$/.test(value))
        return `Field '${field}' expected a number but got '${value}'.`;
  return undefined;
}

function number(url: URL, name: string): number {
  return Math.trunc(Number(url.searchParams.get(name) ?? 0));
}
