import type { Knex } from 'knex';
import type { ListSource } from '../../store/query/columns';
import { findRecord } from '../../store/query/list';
import {
  deleteRecord,
  insertRecord,
  RecordConflictError,
  UnknownReferenceError,
  updateRecord,
  type RecordTable,
  type Values,
  type Writer,
} from '../../store/records';
import { invalidRequest, notFound, Problem, type FieldErrors } from '../problem';
import { endpoint, type Context, type Endpoint } from './endpoint';
import { rowSchema } from './list';
import { listEndpoint } from './read-list';
import { bodySchema, given, type Fields } from './record-body';
import { idParams } from './schemas';

/** A kind of own records: what one is made of, where its table is, and how it is shown. */
export interface RecordKind {
  readonly path: string;
  /** What one is called in a sentence, and what its schema is called in the document. */
  readonly label: string;
  readonly schemaId: string;
  readonly tags: readonly string[];
  readonly source: ListSource;
  readonly table: RecordTable;
  /** What can be written. */
  readonly fields: Fields;
  /** Fields that need not be given, and what they are then. */
  readonly defaults: Values;
  /** What is wrong beyond the fields themselves. */
  readonly check?: (knex: Knex, values: Values) => Promise<FieldErrors>;
  /** What is written in place of what was given, found out before the transaction (without an id: of a new record). */
  readonly prepare?: (values: Values, writer: Writer, id?: number) => Promise<Values>;
  /** What a new record has beyond what was given. */
  readonly derive?: (knex: Knex, values: Values) => Promise<Values>;
  /** What is kept in place of what was given, in the same transaction (without an id: of a new record). */
  readonly stored?: (trx: Knex.Transaction, values: Values, writer: Writer, id?: number) => Promise<Values>;
  /** What follows from a record that was written, in the same transaction. */
  readonly after?: (trx: Knex.Transaction, id: number) => Promise<unknown>;
  /**
   * What precedes the writing of a record (without an id: of a new one) in the same transaction; what it answers is done
   * once the record is written.
   */
  readonly around?: (
    trx: Knex.Transaction,
    writer: Writer,
    id?: number,
  ) => Promise<(written: number) => Promise<unknown>>;
  /** What follows from any change of these records, also from a deletion, in the same transaction. */
  readonly afterwards?: (trx: Knex.Transaction, writer: Writer) => Promise<unknown>;
}

/** Who writes, by a request. */
export const writerOf = ({ actor, now }: Pick<Context, 'actor' | 'now'>): Writer => ({
  username: actor?.name ?? '',
  now,
});

/** Answers what the store refuses: a conflict with a 409, an unknown reference with a 400 of its field. */
export async function explained<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof RecordConflictError) throw new Problem('conflict', error.message, { cause: error });
    if (error instanceof UnknownReferenceError)
      throw invalidRequest({ [error.field]: [error.message] }, { cause: error });
    throw error;
  }
}

/** Reads, creates, changes and deletes records of one kind. */
class Records {
  constructor(
    private readonly knex: Knex,
    private readonly kind: RecordKind,
  ) {}

  async read(id: number): Promise<Record<string, unknown>> {
    const row = await findRecord(this.knex, this.kind.source, id);
    if (!row) throw notFound(this.kind.label, id);
    return row;
  }

  async create(values: Values, writer: Writer): Promise<Record<string, unknown>> {
    const { table, defaults, derive, stored, after, around, afterwards } = this.kind;
    const whole = await this.#prepare({ ...defaults, ...values }, writer);
    const id = await explained(
      this.knex.transaction(async (trx) => {
        const then = await around?.(trx, writer);
        const record = given({ ...whole, ...(await derive?.(trx, whole)) });
        const made = await insertRecord(trx, table, (await stored?.(trx, record, writer)) ?? record, writer.now);
        await after?.(trx, made);
        await then?.(made);
        await afterwards?.(trx, writer);
        return made;
      }),
    );
    return this.read(id);
  }

  async change(id: number, asked: Values, writer: Writer): Promise<Record<string, unknown>> {
    const { table, label, stored, after, around, afterwards } = this.kind;
    const values = await this.#prepare(asked, writer, id);
    await explained(
      this.knex.transaction(async (trx) => {
        const then = await around?.(trx, writer, id);
        const record = (await stored?.(trx, given(values), writer, id)) ?? given(values);
        if (!(await updateRecord(trx, table, id, record, writer.now))) throw notFound(label, id);
        await after?.(trx, id);
        await then?.(id);
        await afterwards?.(trx, writer);
      }),
    );
    return this.read(id);
  }

  async delete(id: number, writer: Writer): Promise<void> {
    const { table, label, afterwards } = this.kind;
    await explained(
      this.knex.transaction(async (trx) => {
        if (!(await deleteRecord(trx, table, id))) throw notFound(label, id);
        await afterwards?.(trx, writer);
      }),
    );
  }

  async #prepare(values: Values, writer: Writer, id?: number): Promise<Values> {
    const { check, prepare } = this.kind;
    const errors = (await check?.(this.knex, values)) ?? {};
    if (Object.keys(errors).length > 0) throw invalidRequest(errors);
    return (await prepare?.(given(values), writer, id)) ?? values;
  }
}

/** The list of a kind of records, and what can be done with one: the six endpoints that users of NetBox expect. */
export function recordEndpoints(knex: Knex, kind: RecordKind): Endpoint[] {
  const { path, label, tags, source, defaults } = kind;
  const one = `${path}{id}/`;
  const schema = rowSchema(source, kind.schemaId);
  const body = bodySchema(kind, (name) => Object.hasOwn(defaults, name));
  const patch = bodySchema(kind, () => true);
  const records = new Records(knex, kind);
  const write = { tags, scope: 'write' } as const;
  const conflict = { 409: { description: 'Another record is in the way' } };
  const changed = { 200: { description: 'The record afterwards', schema }, ...conflict };
  return [
    listEndpoint(knex, { path, summary: `List: ${label}`, tags, source, schema }),
    endpoint({
      ...{ method: 'get', path: one, summary: `Read: ${label}`, tags, scope: 'read' },
      request: { params: idParams },
      responses: { 200: { description: 'The record', schema } },
      handler: async ({ params: { id } }) => ({ body: await records.read(id) }),
    }),
    endpoint({
      ...{ ...write, method: 'post', path, summary: `Create: ${label}`, creates: true },
      request: { body },
      responses: { 201: { description: 'The record', schema }, ...conflict },
      handler: async ({ body: values }, context) => {
        const record = await records.create(values, writerOf(context));
        return {
          status: 201,
          headers: { Location: `${context.baseUrl}${path}${String(record['id'])}/` },
          body: record,
        };
      },
    }),
    endpoint({
      ...{ ...write, method: 'put', path: one, summary: `Replace: ${label}` },
      request: { params: idParams, body },
      responses: changed,
      handler: async ({ params: { id }, body: values }, context) => ({
        body: await records.change(id, { ...defaults, ...values }, writerOf(context)),
      }),
    }),
    endpoint({
      ...{ ...write, method: 'patch', path: one, summary: `Change: ${label}` },
      request: { params: idParams, body: patch },
      responses: changed,
      handler: async ({ params: { id }, body: values }, context) => ({
        body: await records.change(id, values, writerOf(context)),
      }),
    }),
    endpoint({
      ...{ ...write, method: 'delete', path: one, summary: `Delete: ${label}` },
      request: { params: idParams },
      responses: { 204: { description: 'It is gone' }, ...conflict },
      handler: async ({ params: { id } }, context) => {
        await records.delete(id, writerOf(context));
        return { status: 204 };
      },
    }),
  ];
}
