import { InvalidError } from './resolve';
import { parseTime } from './time';

/** What NetBox says to a value of a filter that it cannot read or does not know. */
export function refuse(name: string, message: string): never {
  throw new InvalidError({ [name]: [message] });
}

/** A whole number as Python reads it, or undefined. */
export function readInt(text: string | null): number | undefined {
  return text !== null && /^\s*[+-]?\d+\s*$/.test(text) ? Number(text) : undefined;
}

/** Keeps a row or not. */
export type Filter<T> = (row: T) => boolean;

/** Filters by id, repeatable, and by its order (`id__gt` …). */
export function idFilters<T>(params: URLSearchParams, name: string, of: (row: T) => number): Filter<T>[] {
  const filters: Filter<T>[] = [];
  const wanted = params.getAll(name).map((value) => wholeNumber(name, value));
  if (wanted.length > 0) filters.push((row) => wanted.includes(of(row)));
  return [...filters, ...rangeFilters(params, name, wholeNumber, of)];
}

/** Filters by the order of an instant (`last_updated__gte` …). */
export function timeFilters<T>(params: URLSearchParams, name: string, of: (row: T) => number): Filter<T>[] {
  return rangeFilters(params, name, instant, of);
}

/** Reads an instant, or refuses as NetBox does. */
export function instant(name: string, value: string): number {
  return parseTime(value) ?? refuse(name, 'Enter a valid date/time.');
}

/** Values of a filter that allows only those that exist; an unknown one is refused. */
export function choices(params: URLSearchParams, name: string, known: (value: string) => boolean): string[] {
  const values = params.getAll(name).filter((value) => value !== '');
  const unknown = values.find((value) => !known(value));
  if (unknown === undefined) return values;
  return refuse(name, `Select a valid choice. ${unknown} is not one of the available choices.`);
}

const COMPARE: Record<string, (actual: number, wanted: number) => boolean> = {
  gt: (actual, wanted) => actual > wanted,
  gte: (actual, wanted) => actual >= wanted,
  lt: (actual, wanted) => actual < wanted,
  lte: (actual, wanted) => actual <= wanted,
};

function rangeFilters<T>(
  params: URLSearchParams,
  name: string,
  read: (name: string, value: string) => number,
  of: (row: T) => number,
): Filter<T>[] {
  return Object.entries(COMPARE).flatMap(([lookup, compare]) =>
    params.getAll(`${name}__${lookup}`).map((value): Filter<T> => {
      const wanted = read(`${name}__${lookup}`, value);
      return (row) => compare(of(row), wanted);
    }),
  );
}

function wholeNumber(name: string, value: string): number {
  return readInt(value) ?? refuse(name, 'Enter a whole number.');
}
