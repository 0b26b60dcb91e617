import { z } from 'zod';
import { cell, type Row } from '../csv';
import { parseAnswer, type Job } from './answers';
import { printRecord, printRows, type OutputOptions } from './output';
import type { Io } from './io';

const entrySchema = z.looseObject({
  id: z.int(),
  name: z.string(),
  changes: z.record(z.string(), z.looseObject({ from: z.unknown(), to: z.unknown() })),
});

/** A plan of a reconciliation; the ids are those of NetBox's devices. */
const planSchema = z.looseObject({
  checksum: z.string(),
  create: z.array(entrySchema),
  update: z.array(entrySchema),
  delete: z.array(entrySchema),
  unchanged: z.int(),
  skipped: z.array(z.looseObject({ id: z.int(), name: z.string(), reason: z.string() })),
  /** What came of it, once it was applied. */
  result: z.looseObject({ applied: z.int(), stale: z.array(z.int()), held: z.array(z.int()) }).optional(),
});

export type NetboxPlan = z.output<typeof planSchema>;

const COLUMNS = ['what', 'device', 'name', 'field', 'from', 'to'];
const KINDS = ['create', 'update', 'delete'] as const;

/** Local context data may be of any size: a table shows where it begins. */
const WIDEST = 60;

/** The plan that a job made or applied. */
export const planOf = (job: Job): NetboxPlan => parseAnswer(planSchema, job.result, `plan of job ${job.id}`);

/** A row for each field that changes; one without a field where nothing but the whole router does. */
function rowsOf(plan: NetboxPlan): Row[] {
  const planned = KINDS.flatMap((what) =>
    plan[what].flatMap(({ id: device, name, changes }): Row[] => {
      const fields = Object.entries(changes);
      if (fields.length === 0) return [{ what, device, name }];
      return fields.map(([field, { from, to }]) => ({ what, device, name, field, from, to }));
    }),
  );
  const skipped = plan.skipped.map(({ id, name, reason }) => ({
    ...{ what: 'skip', device: id, name, field: 'reason', to: reason },
  }));
  return [...planned, ...skipped];
}

function shortened(value: unknown): string {
  const text = cell(value);
  return text.length > WIDEST ? `${text.slice(0, WIDEST - 1)}…` : text;
}

/** Prints what a plan changes; as JSON, the whole job. */
export function printPlan(io: Io, options: OutputOptions, job: Job, plan: NetboxPlan): void {
  if (options.format === 'json') printRecord(io, options, job);
  else if (options.format === 'csv') printRows(io, options, COLUMNS, rowsOf(plan));
  else {
    const shown = rowsOf(plan).map((row) => ({ ...row, from: shortened(row['from']), to: shortened(row['to']) }));
    printRows(io, options, COLUMNS, shown);
  }
}

/** Whether applying a plan would do anything. */
export const isEmpty = (plan: NetboxPlan): boolean => KINDS.every((kind) => plan[kind].length === 0);

/** How much a plan would do, in one line. */
export function describePlan(plan: NetboxPlan): string {
  const { create, update, delete: remove, unchanged, skipped } = plan;
  const counts = `${create.length} to create, ${update.length} to update, ${remove.length} to delete`;
  return `${counts}, ${unchanged} unchanged, ${skipped.length} skipped`;
}
