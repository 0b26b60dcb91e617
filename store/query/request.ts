import { columnOf, LOOKUPS, NEGATIONS, type ListColumn, type ListSource, type Lookup } from './columns';
import { FilterError } from './filter-error';
import { MAX_PATTERN, parseAsn, parseFlag, parseText, parseValue, type Parsed } from './values';

/** Most rows of one answer. */
export const MAX_LIMIT = 1000;
const DEFAULT_LIMIT = 50;

/** A filter: rows of which the field compares so to one of the values (or, negated, to none of them). */
export interface Condition {
  readonly column: ListColumn;
  readonly lookup: Lookup;
  readonly negated: boolean;
  /** Parsed by the field's kind; `null` stands for the absence of a value. */
  readonly values: readonly (string | boolean | null)[];
}

export interface Order {
  readonly column: ListColumn;
  readonly descending: boolean;
}

/** What a list was asked for. */
export interface ListRequest {
  readonly limit: number;
  readonly offset: number;
  /** Ends in the id. */
  readonly ordering: readonly Order[];
  readonly q?: { readonly text: string; readonly asn?: number };
  readonly conditions: readonly Condition[];
  /** The names of the fields to answer with. */
  readonly fields: ReadonlySet<string>;
  /** Whether what is beyond the known fields is answered too. */
  readonly extra: boolean;
  readonly format: 'json' | 'csv';
}

/** A value for a message: printable, and not too long. */
const show = (text: string): string => `'${text.replaceAll(/\p{C}/gu, '\ufffd').slice(0, 100)}'`;

/** Gathers what is wrong with parameters, so that all of it is said at once. */
class Complaints {
  readonly #texts = new Map<string, string[]>();

  add(name: string, text: string): void {
    this.#texts.set(name, [...(this.#texts.get(name) ?? []), text]);
  }

  throwIfAny(): void {
    if (this.#texts.size > 0) throw new FilterError(Object.fromEntries(this.#texts));
  }
}

type Values = ReadonlyMap<string, readonly string[]>;

function one(values: Values, name: string, complaints: Complaints): string | undefined {
  const given = values.get(name);
  if (given !== undefined && given.length > 1) complaints.add(name, `given ${given.length} times: expected once`);
  return given?.[0];
}

function whole(values: Values, name: string, otherwise: number, complaints: Complaints): number {
  const text = one(values, name, complaints);
  if (text === undefined) return otherwise;
  const number = Number(text);
  if (/^\d+$/.test(text) && (name === 'limit' || number <= Number.MAX_SAFE_INTEGER)) return number;
  complaints.add(name, `${show(text)} is not usable: expected a whole number from 0`);
  return otherwise;
}

/** The fields named in a comma-separated parameter. */
function named(source: ListSource, values: Values, name: string, complaints: Complaints): ListColumn[] {
  const names = (values.get(name) ?? []).flatMap((text) => text.split(',')).map((field) => field.trim());
  return names
    .filter((field) => field !== '')
    .flatMap((field) => {
      const column = columnOf(source, name === 'ordering' ? field.replace(/^-/, '') : field);
      if (column && !(name === 'ordering' && column.kind === 'opaque')) return [column];
      complaints.add(name, `${column ? 'no order is made by the' : 'there is no'} field ${show(field)}`);
      return [];
    });
}

function orderingOf(source: ListSource, values: Values, complaints: Complaints): Order[] {
  named(source, values, 'ordering', complaints);
  const asked = (values.get('ordering') ?? []).flatMap((text) => text.split(','));
  const wanted = asked.some((field) => field.trim() !== '') ? asked : (source.ordering ?? '').split(',');
  const [id] = source.columns;
  const ends = [...(id === undefined ? [] : [id.name]), ...(source.key ?? [])];
  return [...wanted, ...ends].flatMap((field) => {
    const column = columnOf(source, field.trim().replace(/^-/, ''));
    return column ? [{ column, descending: field.trim().startsWith('-') }] : [];
  });
}

function fieldsOf(source: ListSource, values: Values, complaints: Complaints): Pick<ListRequest, 'fields' | 'extra'> {
  const fields = named(source, values, 'fields', complaints).map(({ name }) => name);
  const left = ['exclude', 'omit'].flatMap((name) => named(source, values, name, complaints)).map(({ name }) => name);
  const briefText = one(values, 'brief', complaints);
  const brief = briefText === undefined ? false : parseFlag(briefText);
  if (brief === undefined) complaints.add('brief', `${show(briefText ?? '')} is not usable: expected true or false`);
  const all = brief ? source.brief : source.columns.map(({ name }) => name);
  const shown = (fields.length > 0 ? fields : all).filter((name) => !left.includes(name));
  return { fields: new Set(shown), extra: fields.length === 0 && !brief };
}

function parseCondition(column: ListColumn, lookup: Lookup, text: string): Parsed | { readonly value: null } {
  if (lookup === 'empty') {
    const flag = parseFlag(text);
    return flag === undefined ? { expected: 'true or false' } : { value: flag };
  }
  if (lookup === 'regex' || lookup === 'iregex') {
    return text.length > MAX_PATTERN ? { expected: `at most ${MAX_PATTERN} characters` } : parseText(text);
  }
  if (lookup !== '' && lookup !== 'n' && !['lt', 'lte', 'gt', 'gte'].includes(lookup)) return parseText(text);
  // As in NetBox: `null` stands for no value. A text may be just that word.
  if (text === 'null' && column.kind !== 'text' && (lookup === '' || lookup === 'n')) return { value: null };
  return parseValue(column.kind, text);
}

function conditionOf(
  source: ListSource,
  name: string,
  texts: readonly string[],
  complaints: Complaints,
): Condition | undefined {
  const split = name.lastIndexOf('__');
  const field = split < 0 ? name : name.slice(0, split);
  const asked = split < 0 ? '' : name.slice(split + 2);
  const column = columnOf(source, field);
  const lookup = column && LOOKUPS[column.kind].find((candidate) => candidate === asked);
  if (column === undefined || lookup === undefined || (split >= 0 && asked === '')) {
    complaints.add(name, column ? `there is no such lookup for a field of this type` : 'there is no such filter');
    return undefined;
  }
  const values = texts.flatMap((text) => {
    const parsed = parseCondition(column, lookup, text);
    if ('value' in parsed) return [parsed.value];
    complaints.add(name, `${show(text)} is not usable: expected ${parsed.expected}`);
    return [];
  });
  const positive = NEGATIONS[lookup];
  return { column, lookup: positive ?? lookup, negated: positive !== undefined, values };
}

/** What leaves out the rows that a list does not show unless it is asked about them. */
function hidingOf(source: ListSource, conditions: readonly Condition[]): Condition[] {
  const column = source.hidden && columnOf(source, source.hidden.field);
  if (!source.hidden || !column || conditions.some((condition) => condition.column === column)) return [];
  return [{ column, lookup: '', negated: true, values: [source.hidden.value] }];
}

function searchOf(values: Values, complaints: Complaints): Pick<ListRequest, 'q'> {
  const text = one(values, 'q', complaints)?.trim() ?? '';
  if (text === '') return {};
  if (text.includes('\0')) complaints.add('q', 'expected text without NUL characters');
  const asn = parseAsn(text);
  return { q: { text, ...(asn === undefined ? {} : { asn }) } };
}

function formatOf(values: Values, complaints: Complaints): Pick<ListRequest, 'format'> {
  const format = one(values, 'format', complaints) ?? 'json';
  if (format === 'json' || format === 'csv') return { format };
  complaints.add('format', `${show(format)} is not usable: expected json or csv`);
  return { format: 'json' };
}

/** Parameters of every list that are no filters. */
export const LIST_PARAMETERS = [
  'limit',
  'offset',
  'ordering',
  'q',
  'brief',
  'fields',
  'exclude',
  'omit',
  'format',
] as const;

const isListParameter = (name: string): boolean => LIST_PARAMETERS.some((known) => known === name);

/** What the parameters of an address ask of a list. Throws {@link FilterError} with everything that is wrong. */
export function parseListRequest(source: ListSource, parameters: URLSearchParams): ListRequest {
  const complaints = new Complaints();
  const values = new Map([...new Set(parameters.keys())].map((name) => [name, parameters.getAll(name)]));
  const limit = whole(values, 'limit', DEFAULT_LIMIT, complaints);
  const conditions = [...values]
    .filter(([name]) => !isListParameter(name))
    .map(([name, texts]) => conditionOf(source, name, texts, complaints))
    .filter((condition) => condition !== undefined);
  const request = {
    limit: limit === 0 ? MAX_LIMIT : Math.min(limit, MAX_LIMIT),
    offset: whole(values, 'offset', 0, complaints),
    ordering: orderingOf(source, values, complaints),
    ...searchOf(values, complaints),
    ...fieldsOf(source, values, complaints),
    ...formatOf(values, complaints),
    conditions: [...conditions, ...hidingOf(source, conditions)],
  };
  complaints.throwIfAny();
  return request;
}
