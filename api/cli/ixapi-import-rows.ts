import { z } from 'zod';
import type { Row } from '../csv';
import { parseAnswer, type Job } from './answers';
import type { Io } from './io';
import { printRecord, printRows, type OutputOptions } from './output';

const base = { network_service_config: z.string() };
const made = { ...base, connection: z.int().nullable(), reason: z.string().nullable() };
const changed = z.looseObject({
  ...made,
  changes: z.record(z.string(), z.looseObject({ from: z.unknown(), to: z.unknown() })),
});

/** What an import did, or would do. */
const importSchema = z.looseObject({
  create: z.array(z.looseObject({ ...made, values: z.record(z.string(), z.unknown()) })),
  link: z.array(changed),
  update: z.array(changed),
  skip: z.array(z.looseObject({ ...base, reason: z.string() })),
  following: z.array(z.string()),
});

export type IxapiImport = z.output<typeof importSchema>;

const COLUMNS = ['what', 'network_service_config', 'connection', 'field', 'from', 'to'];

/** What a job imported, or would have. */
export const importOf = (job: Job): IxapiImport => parseAnswer(importSchema, job.result, `result of job ${job.id}`);

/** A row for each field that is written, and one for what is to be known of a config. */
function rowsOf({ create, link, update, skip, following }: IxapiImport): Row[] {
  const fieldsOf = (what: string, one: z.output<typeof changed>): Row[] => {
    const { network_service_config, connection, changes, reason } = one;
    const row = { what, network_service_config, connection };
    const fields = Object.entries(changes).map(([field, { from, to }]) => ({ ...row, field, from, to }));
    return reason === null ? fields : [...fields, { ...row, field: 'reason', to: reason }];
  };
  const created = create.map(({ values, ...one }) => ({
    ...one,
    changes: Object.fromEntries(Object.entries(values).map(([field, to]) => [field, { from: null, to }])),
  }));
  return [
    ...created.flatMap((one) => fieldsOf('create', one)),
    ...link.flatMap((one) => fieldsOf('link', one)),
    ...update.flatMap((one) => fieldsOf('update', one)),
    ...skip.map(({ network_service_config, reason }) => ({
      what: following.includes(network_service_config) ? 'follow' : 'skip',
      ...{ network_service_config, field: 'reason', to: reason },
    })),
  ];
}

/** Prints what became of each config; as JSON, the whole job. */
export function printImport(io: Io, options: OutputOptions, job: Job, imported: IxapiImport): void {
  if (options.format === 'json') printRecord(io, options, job);
  else printRows(io, options, COLUMNS, rowsOf(imported));
}

/** How much that was, in one line. */
export function describeImport({ create, link, update, skip, following }: IxapiImport, isPlan: boolean): string {
  const [created, linked, updated] = isPlan ? ['to create', 'to link', 'to update'] : ['created', 'linked', 'updated'];
  const counts = `${create.length} ${created}, ${link.length} ${linked}, ${update.length} ${updated}`;
  const rest = `${skip.length - following.length} skipped`;
  if (following.length === 0) return `${counts}, ${rest}`;
  const wait = isPlan ? 'would be imported once they have addresses' : 'will be imported once they have addresses';
  return `${counts}, ${rest}; ${following.length} ${wait}`;
}
