import type { Row } from '../csv';
import type { Io } from './io';
import { printRecord, type OutputOptions } from './output';

const isNested = (value: unknown): value is object =>
  Array.isArray(value)
    ? value.some((item) => typeof item === 'object' && item !== null)
    : typeof value === 'object' && value !== null;

function* leaves(value: object, path: string): Generator<[string, unknown]> {
  for (const [name, part] of Object.entries(value) as [string, unknown][]) {
    const here = path === '' ? name : `${path}.${name}`;
    if (isNested(part)) yield* leaves(part, here);
    else yield [here, part];
  }
}

/** What is nested in a record, each under its path: `webhooks.unmatched`, `budgets.0.used`. */
const flat = (record: Row): Row => Object.fromEntries(leaves(record, ''));

/** Prints one record: JSON as it is, else a row for each of its fields, also for nested ones. */
export const printNested = (io: Io, options: OutputOptions, record: Row): void =>
  printRecord(io, options, options.format === 'json' ? record : flat(record));
