import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Knex } from 'knex';
import { RANK } from '../../store/peeringdb/bodies';
import { OBJECTS } from '../../store/peeringdb/objects';
import { stage, type Staged, type StagingBody, type StagingSink } from '../../store/peeringdb/staging';
import { createEncoder, stagingColumns } from './encode';
import { BrokenBodyError, createScanner } from './scan';

/** Bytes handed to PostgreSQL at a time. */
const COPY_BYTES = 128 * 1024;
/** Bytes unpacked at a time: some hundred rows, so that parsing them together pays. */
const UNPACKED_BYTES = 256 * 1024;

/** Called after every piece, so that an activity can heartbeat and let itself be cancelled. */
export type OnPiece = (rows: number) => void;

/** Batches of rows, and what stands around them once they are all read. */
type Rows = AsyncIterable<readonly unknown[]>;

/** Encodes rows into a sink; what they were. `generated` is only known after the last of them. */
async function encodeRows(
  body: StagingBody,
  sink: StagingSink,
  rows: Rows,
  onPiece: OnPiece,
): Promise<Omit<Staged, 'generated'>> {
  const encode = createEncoder(OBJECTS[body.tag]);
  const seen = new Set<number>();
  const end = `\t${body.id}\t${body.rank}\t`;
  let lines = '';
  let count = 0;
  let newest = '';
  for await (const batch of rows) {
    for (const row of batch) {
      const encoded = encode(row);
      count++;
      if ('reason' in encoded) {
        if (encoded.id !== null || !isGone(row)) sink.invalid(encoded);
        continue;
      }
      // The same id twice in one list: the first row counts. Among changes the newer one does, so both are kept.
      if (body.rank === RANK.list && seen.has(encoded.id)) continue;
      seen.add(encoded.id);
      lines += `${encoded.fields}${end}${encoded.status}\n`;
      if (encoded.updated > newest) newest = encoded.updated;
    }
    if (lines.length >= COPY_BYTES) {
      await sink.write(Buffer.from(lines));
      lines = '';
    }
    onPiece(count);
  }
  if (lines !== '') await sink.write(Buffer.from(lines));
  return { rows: count, newest: newest === '' ? null : newest };
}

/** Whether a row is one that upstream does not show: without an id, it tells of no row that anybody could have. */
const isGone = (row: unknown): boolean =>
  typeof row === 'object' && row !== null && 'status' in row && typeof row.status === 'string' && row.status !== 'ok';

/** `meta.generated` (seconds since 1970, a float) as ISO 8601; null where a list does not carry it. */
function generatedOf(meta: Readonly<Record<string, unknown>>): string | null {
  const seconds = meta['generated'];
  return typeof seconds === 'number' && Number.isFinite(seconds) ? new Date(seconds * 1000).toISOString() : null;
}

/**
 * Stages a gzipped body that comes in pieces; `onWhole` is called when it was read to its end, before anything is
 * committed. Throws `BrokenBodyError`, or an error of zlib's, when it is not whole.
 */
export function stageBody(
  knex: Knex,
  body: StagingBody,
  pieces: AsyncIterable<Buffer>,
  onPiece: OnPiece,
  onWhole: (rows: number) => Promise<void> = () => Promise.resolve(),
): Promise<Staged> {
  const object = OBJECTS[body.tag];
  return stage(knex, object, stagingColumns(object), body, async (sink) => {
    const scanner = createScanner();
    const gunzip = createGunzip({ chunkSize: UNPACKED_BYTES });
    // Errors of either end come out where the unpacked pieces are read.
    const unpacked = pipeline(Readable.from(pieces), gunzip, () => undefined);
    let generated: string | null = null;
    async function* rows(): Rows {
      for await (const piece of unpacked) yield scanner.push(piece as Buffer);
      const last = scanner.end();
      const { error } = last.envelope.meta;
      if (error !== undefined) throw new BrokenBodyError(`the body tells of an error: ${JSON.stringify(error)}`);
      generated = generatedOf(last.envelope.meta);
      yield last.rows;
    }
    const encoded = await encodeRows(body, sink, rows(), onPiece);
    await onWhole(encoded.rows);
    return { ...encoded, generated };
  });
}

/** Stages rows that are at hand already. */
export function stageRows(knex: Knex, body: StagingBody, rows: Rows, onPiece: OnPiece): Promise<Staged> {
  const object = OBJECTS[body.tag];
  return stage(knex, object, stagingColumns(object), body, async (sink) => ({
    ...(await encodeRows(body, sink, rows, onPiece)),
    generated: null,
  }));
}
