import { z } from 'zod';
import { LOOKUPS, type ListColumn, type ListSource } from '../../store/query/columns';
import type { ListPage } from '../../store/query/list';
import { MAX_LIMIT, type ListRequest } from '../../store/query/request';
import { formatCsv } from '../csv';
import type { Answer, Context, ParameterDoc } from './endpoint';

/** A page as it is answered. */
export interface ListBody {
  readonly count: number;
  readonly next: string | null;
  readonly previous: string | null;
  readonly results: readonly unknown[];
}

function pageUrl({ baseUrl, path, query }: Context, limit: number, offset: number): string {
  const parameters = new URLSearchParams(query);
  parameters.set('limit', String(limit));
  parameters.set('offset', String(offset));
  return `${baseUrl}${path}?${parameters.toString()}`;
}

/** The answer for a page: JSON with the addresses of its neighbours, or its rows as CSV. */
export function pageAnswer(context: Context, source: ListSource, request: ListRequest, page: ListPage): Answer {
  if (request.format === 'json') return { body: pageBody(context, request, page) };
  const columns = source.columns.map(({ name }) => name).filter((name) => request.fields.has(name));
  return { headers: { 'Content-Type': 'text/csv; charset=utf-8' }, body: formatCsv(columns, page.rows) };
}

function pageBody(context: Context, { limit, offset }: ListRequest, { count, rows }: ListPage): ListBody {
  return {
    count,
    next: offset + limit < count ? pageUrl(context, limit, offset + limit) : null,
    previous: offset > 0 ? pageUrl(context, limit, Math.max(0, offset - limit)) : null,
    results: rows,
  };
}

/** The answer for a short list that comes whole. */
export const wholeList = (results: readonly unknown[]): Answer => ({
  body: { count: results.length, next: null, previous: null, results } satisfies ListBody,
});

const OPENAPI_TYPES: Readonly<Partial<Record<ListColumn['kind'], Readonly<Record<string, unknown>>>>> = {
  integer: { type: 'integer' },
  asn: { type: ['integer', 'string'] },
  double: { type: 'number' },
  boolean: { type: 'boolean' },
  timestamp: { type: 'string', format: 'date-time' },
  uuid: { type: 'string', format: 'uuid' },
};

const repeatable = (kind: ListColumn['kind']): Record<string, unknown> => ({
  type: 'array',
  items: OPENAPI_TYPES[kind] ?? { type: 'string' },
});

function filterDoc({ name, kind }: ListColumn, { hidden }: ListSource): ParameterDoc {
  const lookups = LOOKUPS[kind].filter((lookup) => lookup !== '').map((lookup) => `${name}__${lookup}`);
  const hides = hidden?.field === name ? `. Without any of these, ${hidden.value} ones are left out` : '';
  return { name, description: `Repeated: any of them. Also ${lookups.join(', ')}${hides}`, schema: repeatable(kind) };
}

/** What the document says of a list's parameters. */
export function listParameters(source: ListSource): ParameterDoc[] {
  const fields = 'comma-separated fields';
  return [
    {
      name: 'limit',
      description: `rows of a page; 0 means the most`,
      schema: { type: 'integer', minimum: 0, default: 50, maximum: MAX_LIMIT },
    },
    { name: 'offset', description: 'rows to skip', schema: { type: 'integer', minimum: 0, default: 0 } },
    {
      name: 'ordering',
      description: `${fields}, each with a - before it for descending order`,
      schema: { type: 'string' },
    },
    { name: 'q', description: 'text to search for', schema: { type: 'string' } },
    { name: 'brief', description: 'only the most telling fields', schema: { type: 'boolean', default: false } },
    { name: 'fields', description: `${fields} to answer with`, schema: { type: 'string' } },
    { name: 'exclude', description: `${fields} to leave out; omit means the same`, schema: { type: 'string' } },
    { name: 'format', description: 'json, or the rows as csv', schema: { enum: ['json', 'csv'], default: 'json' } },
    { name: 'omit', description: `${fields} to leave out`, schema: { type: 'string' } },
    ...source.columns.filter(({ kind }) => LOOKUPS[kind].includes('')).map((column) => filterDoc(column, source)),
  ];
}

const choiceSchema = (choices: Readonly<Record<string, string>>): z.ZodType =>
  z.object({ value: z.enum(Object.keys(choices)), label: z.string() });

function schemaOf({ kind, sparse, choices }: ListColumn): z.ZodType {
  if (choices) return choiceSchema(choices).nullable();
  const schemas: Record<ListColumn['kind'], () => z.ZodType> = {
    integer: () => z.int(),
    asn: () => z.int(),
    double: () => z.number(),
    text: () => z.string(),
    boolean: () => z.boolean(),
    timestamp: () => z.string().meta({ format: 'date-time' }),
    json: () => z.unknown(),
    inet4: () => z.string(),
    inet6: () => z.string(),
    cidr: () => z.string(),
    inet: () => z.string(),
    uuid: () => z.string().meta({ format: 'uuid' }),
    opaque: () => z.unknown(),
  };
  const anything = kind === 'json' || kind === 'opaque';
  const schema = anything ? schemas[kind]() : schemas[kind]().nullable();
  return sparse || anything ? schema.optional() : schema;
}

/** The schema of a list's rows, for the document; `fields` and `exclude` leave members out. */
export const rowSchema = (source: ListSource, id: string): z.ZodType =>
  z.looseObject(Object.fromEntries(source.columns.map((column) => [column.name, schemaOf(column)]))).meta({ id });
