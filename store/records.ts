import type { Knex } from 'knex';
import { errorCode } from '../config/error-code';
import { toJsonb } from './json';

/**
 * Own records: rows that are created, changed and deleted one at a time, in tables with `id`, `created` and
 * `last_updated`.
 */

/** What PostgreSQL's constraints of a table mean to whoever breaks them. */
export interface RecordTable {
  readonly table: string;
  /** By the name of a unique constraint or index, what is there already. */
  readonly unique: Readonly<Record<string, string>>;
  /** By the name of a foreign key, the field that refers and what it refers to. */
  readonly references: Readonly<Record<string, { readonly field: string; readonly to: string }>>;
  /** By the name of another table's foreign key, what refers to these records and keeps them. */
  readonly keptBy?: Readonly<Record<string, string>>;
  /** Fields that are documents, in columns of type jsonb; null is the absence of one. */
  readonly documents?: readonly string[];
}

/** A record's fields. */
export type Values = Readonly<Record<string, unknown>>;

/** Who writes, and when. */
export interface Writer {
  readonly username: string;
  readonly now: Date;
}

/** Thrown when another record has what must be unique, or when a record is still referred to. */
export class RecordConflictError extends Error {
  override readonly name = 'RecordConflictError';
}

/** Thrown when a field refers to a record that does not exist. */
export class UnknownReferenceError extends Error {
  override readonly name = 'UnknownReferenceError';

  constructor(
    readonly field: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';

const constraintOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'constraint' in error ? String(error.constraint) : '';

/** Says what it means where work on a table breaks its constraints. Throws as {@link insertRecord}. */
export async function withMeaning<T>(
  { unique, references, keptBy = {} }: Omit<RecordTable, 'table'>,
  work: PromiseLike<T>,
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const constraint = constraintOf(error);
    const code = errorCode(error);
    const taken = code === UNIQUE_VIOLATION ? unique[constraint] : undefined;
    if (taken !== undefined) throw new RecordConflictError(taken, { cause: error });
    const reference = code === FOREIGN_KEY_VIOLATION ? references[constraint] : undefined;
    if (reference)
      throw new UnknownReferenceError(reference.field, `there is no such ${reference.to}`, { cause: error });
    const keeper = code === FOREIGN_KEY_VIOLATION ? keptBy[constraint] : undefined;
    if (keeper !== undefined) throw new RecordConflictError(keeper, { cause: error });
    throw error;
  }
}

const columnsOf = ({ documents = [] }: RecordTable, values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      documents.includes(name) && value !== null ? toJsonb(value) : value,
    ]),
  );

/** Creates a record; its id. Throws {@link RecordConflictError} and {@link UnknownReferenceError}. */
export async function insertRecord(knex: Knex, of: RecordTable, values: Values, now: Date): Promise<number> {
  const time = now.toISOString();
  const insert = knex(of.table).insert({ ...columnsOf(of, values), created: time, last_updated: time });
  const [row] = await withMeaning(of, insert.returning<{ id: number }[]>('id'));
  if (!row) throw new Error(`${of.table}: an inserted record has no row`);
  return row.id;
}

/** Changes fields; whether there is such a record. Throws as {@link insertRecord}. */
export async function updateRecord(
  knex: Knex,
  of: RecordTable,
  id: number,
  values: Values,
  now: Date,
): Promise<boolean> {
  const update = knex(of.table)
    .where({ id })
    .update({ ...columnsOf(of, values), last_updated: now.toISOString() });
  return (await withMeaning(of, update)) > 0;
}

/** Deletes a record; whether there was one. Throws {@link RecordConflictError} when it is still referred to. */
export async function deleteRecord(knex: Knex, of: RecordTable, id: number): Promise<boolean> {
  return (await withMeaning(of, knex(of.table).where({ id }).delete())) > 0;
}
