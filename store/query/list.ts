import type { Knex } from 'knex';
import type { ListColumn, ListSource } from './columns';
import type { Condition, ListRequest } from './request';

/** One page of a list, and how many rows there are on all pages. */
export interface ListPage {
  readonly count: number;
  readonly rows: readonly Record<string, unknown>[];
}

/** How long a list's statements may run: a regular expression can take for ever. */
export const LIST_TIMEOUT_MS = 5_000;

interface Sql {
  readonly text: string;
  readonly values: readonly (string | number | boolean)[];
}

/** How values of a kind are given to PostgreSQL; wide enough that none is out of range. */
const CASTS: Readonly<Record<ListColumn['kind'], string>> = {
  integer: 'bigint',
  asn: 'bigint',
  double: 'double precision',
  text: 'text',
  boolean: 'boolean',
  timestamp: 'timestamptz',
  json: 'text',
  inet4: 'inet',
  inet6: 'inet',
  cidr: 'inet',
  inet: 'inet',
  uuid: 'uuid',
  opaque: 'text',
};

/** The SQL of a field; names are our own, never from outside. */
const sqlOf = ({ name, expression }: ListColumn): string => expression ?? `"${name}"`;

/** The text in which parts of a field are looked for. */
function textOf(column: ListColumn): string {
  switch (column.kind) {
    case 'inet4':
    case 'inet6':
      return `host(${sqlOf(column)})`;
    case 'cidr':
    case 'inet':
    case 'json':
      return `(${sqlOf(column)})::text`;
    default:
      return sqlOf(column);
  }
}

const escapeLike = (text: string): string => text.replaceAll(/[\\%_]/g, String.raw`\$&`);

function emptiness(column: ListColumn): string {
  const sql = sqlOf(column);
  if (column.kind === 'text') return `(${sql} IS NULL OR ${sql} = '')`;
  if (column.kind === 'json') return `(${sql} IS NULL OR ${sql} IN ('null', '""', '[]', '{}'))`;
  return `(${sql} IS NULL)`;
}

const OPERATORS = { lt: '<', lte: '<=', gt: '>', gte: '>=', regex: '~', iregex: '~*' } as const;

/** One comparison. Whatever is not true of a row (unknown, too) is true of the negation. */
function compare({ column, lookup }: Condition, value: string | boolean | null): Sql {
  const sql = sqlOf(column);
  if (value === null) return { text: `(${sql} IS NULL)`, values: [] };
  if (lookup === 'empty') return { text: `${emptiness(column)} = ?::boolean`, values: [value] };
  const like = (before: string, after: string): Sql => ({
    text: `${textOf(column)} ILIKE ?`,
    values: [`${before}${escapeLike(String(value))}${after}`],
  });
  switch (lookup) {
    case 'ic':
      return like('%', '%');
    case 'isw':
      return like('', '%');
    case 'iew':
      return like('%', '');
    case 'ie':
      return like('', '');
    case 'lt':
    case 'lte':
    case 'gt':
    case 'gte':
    case 'regex':
    case 'iregex':
      return { text: `${sql} ${OPERATORS[lookup]} ?::${CASTS[column.kind]}`, values: [value] };
    default:
      // Addresses of interfaces have a prefix length, which need not be named.
      if (column.kind === 'inet' && !String(value).includes('/'))
        return { text: `host(${sql}) = host(?::inet)`, values: [value] };
      // An element of a list, or the value itself.
      if (column.kind === 'json')
        return { text: `(jsonb_exists(${sql}, ?) OR ${sql} = to_jsonb(?::text))`, values: [value, value] };
      return { text: `${sql} = ?::${CASTS[column.kind]}`, values: [value] };
  }
}

function where(condition: Condition): Sql {
  const parts = condition.values.map((value) => compare(condition, value));
  const any = parts.map(({ text }) => text).join(' OR ');
  return {
    text: condition.negated ? `((${any}) IS NOT TRUE)` : `(${any})`,
    values: parts.flatMap(({ values }) => values),
  };
}

function search(source: ListSource, { text, asn }: NonNullable<ListRequest['q']>): Sql {
  const pattern = `%${escapeLike(text)}%`;
  const parts: Sql[] = source.columns
    .filter(({ name }) => source.search.includes(name))
    .map((column) => ({ text: `${textOf(column)} ILIKE ?`, values: [pattern] }));
  if (asn !== undefined) {
    const asns = source.columns.filter(({ kind }) => kind === 'asn');
    parts.push(...asns.map((column) => ({ text: `${sqlOf(column)} = ?::bigint`, values: [asn] })));
  }
  if (parts.length === 0) return { text: 'false', values: [] };
  return { text: `(${parts.map((part) => part.text).join(' OR ')})`, values: parts.flatMap((part) => part.values) };
}

/** A row as it is answered: sparse fields without a value are left out, further members are merged in. */
function shape(source: ListSource, row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const extra = source.extra === undefined ? null : (row[source.extra] as Record<string, unknown> | null);
  const known = source.columns.flatMap(({ name, sparse, choices }) => {
    const value = row[name];
    if (value === undefined || (sparse && value === null)) return [];
    return [[name, choices && value !== null ? { value, label: choices[value as string] ?? value } : value]];
  });
  return { ...extra, ...(Object.fromEntries(known) as Record<string, unknown>) };
}

const selectOf = (source: ListSource, request: Pick<ListRequest, 'fields' | 'extra'>): string =>
  [
    ...source.columns
      .filter(({ name }) => request.fields.has(name))
      .map((column) => `${column.shown ?? sqlOf(column)} AS "${column.name}"`),
    ...(source.extra !== undefined && request.extra ? [`"${source.extra}"`] : []),
  ].join(', ');

/** The statements of one page: how many rows there are, and those of the page (none where no field is asked for). */
export function pageStatements(source: ListSource, request: ListRequest): { readonly count: Sql; readonly page?: Sql } {
  const clauses = [...request.conditions.map(where), ...(request.q === undefined ? [] : [search(source, request.q)])];
  const filter = clauses.length === 0 ? '' : `WHERE ${clauses.map(({ text }) => text).join(' AND ')}`;
  const values = clauses.flatMap((clause) => clause.values);
  const count = { text: `SELECT count(*) FROM ${source.table} ${filter}`, values };
  const select = selectOf(source, request);
  if (select === '') return { count };
  const order = request.ordering
    .map(({ column, descending }) => `${column.order ?? sqlOf(column)} ${descending ? 'DESC' : 'ASC'}`)
    .join(', ');
  return {
    count,
    page: {
      text: `SELECT ${select} FROM ${source.table} ${filter} ORDER BY ${order} LIMIT ? OFFSET ?`,
      values: [...values, request.limit, request.offset],
    },
  };
}

/**
 * One page of a list. `trx` must be a transaction: the page and the count come from one snapshot, and statements that
 * run too long ({@link LIST_TIMEOUT_MS}) are ended by PostgreSQL (SQLSTATE 57014).
 */
export async function listPage(
  trx: Knex.Transaction,
  source: ListSource,
  request: ListRequest,
  timeoutMs = LIST_TIMEOUT_MS,
): Promise<ListPage> {
  const { count, page } = pageStatements(source, request);
  await trx.raw(`SET LOCAL statement_timeout = ${Math.round(timeoutMs)}`);
  const counted = await trx.raw<{ rows: { count: number }[] }>(count.text, count.values);
  const total = counted.rows[0]?.count ?? 0;
  if (page === undefined) return { count: total, rows: [] };
  const { rows } = await trx.raw<{ rows: Record<string, unknown>[] }>(page.text, page.values);
  return { count: total, rows: rows.map((row) => shape(source, row)) };
}

/** One record by its id, shaped as in the list. */
export async function findRecord(
  knex: Knex,
  source: ListSource,
  id: number | string,
  request: Pick<ListRequest, 'fields' | 'extra'> = {
    fields: new Set(source.columns.map(({ name }) => name)),
    extra: true,
  },
): Promise<Record<string, unknown> | undefined> {
  const [key] = source.columns;
  if (key === undefined) throw new Error(`${source.table} has no columns to list`);
  const { rows } = await knex.raw<{ rows: Record<string, unknown>[] }>(
    `SELECT ${selectOf(source, request)} FROM ${source.table} WHERE ${sqlOf(key)} = ?::${CASTS[key.kind]}`,
    [id],
  );
  return rows[0] && shape(source, rows[0]);
}

/** A page of a list that is no snapshot of the cache, in a transaction of its own. */
export const listRecords = (knex: Knex, source: ListSource, request: ListRequest): Promise<ListPage> =>
  knex.transaction((trx) => listPage(trx, source, request), { isolationLevel: 'repeatable read', readOnly: true });
