import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
// Not the SDK's own historyToJSON: it fails where npm installs more than one copy of protobufjs, as it does here.
import { temporal } from '@temporalio/proto';

const { History } = temporal.api.history.v1;
const FOLDER = join(__dirname, '../replay/histories');

/**
 * Records representative runs of the workflow tests as histories, with each release:
 * `RECORD_HISTORIES=<version> npx jest test/workflow`. Those of earlier releases stay, and are replayed as well.
 */
const VERSION = process.env['RECORD_HISTORIES'];

/** A value of a history without the machine that recorded it; a replay does not look at that. */
function anonymous(key: string, value: unknown): unknown {
  if (key === 'stackTrace') return '';
  return typeof value === 'string' && /^\d+@/.test(value) ? 'worker' : value;
}

/** The history of a run, as it was recorded. */
export type RecordedHistory = temporal.api.history.v1.History;

/** The names of the runs that were recorded. */
export const recordedRuns = (): string[] =>
  readdirSync(FOLDER)
    .map((file) => parse(file).name)
    .sort();

/** Reads a recorded run; `change` may alter its text before. */
export function recordedHistory(run: string, change: (text: string) => string = (text) => text): RecordedHistory {
  return History.fromObject(JSON.parse(change(readFileSync(join(FOLDER, `${run}.json`), 'utf8'))) as object);
}

/** Keeps the history of a run that has ended, when histories are being recorded. */
export async function recordHistory(run: string, handle: Pick<WorkflowHandle, 'fetchHistory'>): Promise<void> {
  if (VERSION === undefined) return;
  mkdirSync(FOLDER, { recursive: true });
  const plain = History.toObject(History.fromObject(await handle.fetchHistory()), {
    longs: String,
    enums: String,
    bytes: String,
  });
  const text = JSON.stringify(plain, anonymous, 1);
  writeFileSync(join(FOLDER, `${VERSION}-${run}.json`), `${text}\n`);
}
