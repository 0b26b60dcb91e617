import { Buffer } from 'node:buffer';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const NOTHING = Buffer.alloc(0);

/** A row larger than this is not PeeringDB's: its largest are some 100 kB. Bytes. */
const LARGEST_ROW = 8 * 1024 * 1024;

/** Thrown when a body is not `{"data": [...], "meta": {...}}` to its end: cut off, an error page, or something else. */
export class BrokenBodyError extends Error {
  override readonly name = 'BrokenBodyError';
}

/** What stands around the rows, as parsed from the body. */
export interface Envelope {
  readonly meta: Readonly<Record<string, unknown>>;
}

/** Cuts the rows out of a body that arrives in pieces. */
export interface Scanner {
  /** Takes the next bytes; the rows that are complete now, possibly none. Throws {@link BrokenBodyError}. */
  push(chunk: Buffer): unknown[];
  /** Ends the body; throws {@link BrokenBodyError} unless it was whole. */
  end(): Envelope;
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BrokenBodyError('the body is not JSON', { cause: error });
  }
};

/**
 * A scanner for one body. It looks at each byte once, to find where rows end, and leaves the parsing to `JSON.parse`,
 * many rows a call: as fast as parsing the body whole, without ever holding it whole.
 */
export function createScanner(): Scanner {
  let depth = 0;
  let inString = false;
  let escaped = false;
  // Bytes not yet given out: of the envelope outside the list, of unfinished rows within it.
  let rest: Buffer = NOTHING;
  let restHigh = 0;
  let head: string | undefined;
  let tail: Buffer[] | undefined;

  /** Whether the bytes before an array at depth 1 end in the key "data" and a colon. */
  const opensData = (before: Buffer): boolean => /"data"\s*:\s*$/.test(before.toString('latin1').slice(-64));

  function rowsOf(bytes: Buffer, from: number, to: number, ascii: boolean): unknown[] {
    // PeeringDB escapes all that is not ASCII, and decoding ASCII as latin1 is several times faster.
    const list = bytes
      .toString(ascii ? 'latin1' : 'utf8', from, to)
      .trim()
      .replace(/^,/, '');
    return list === '' ? [] : (parse(`[${list}]`) as unknown[]);
  }

  function push(chunk: Buffer): unknown[] {
    if (tail) {
      tail.push(chunk);
      return [];
    }
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    let complete = 0;
    let high = restHigh;
    const end = bytes.length;
    for (let i = rest.length; i < end; i++) {
      // Most bytes are within strings, so those have a loop of their own.
      while (inString && i < end) {
        const byte = bytes[i++] as number;
        high |= byte;
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) inString = false;
      }
      if (i >= end) break;
      const byte = bytes[i] as number;
      high |= byte;
      if (byte === QUOTE) inString = true;
      else if (byte === OPEN_OBJECT) depth++;
      else if (byte === CLOSE_OBJECT) {
        if (--depth === 2 && head !== undefined) complete = i + 1;
      } else if (byte === OPEN_ARRAY) {
        if (++depth === 2 && head === undefined && opensData(bytes.subarray(0, i))) {
          head = bytes.toString('utf8', 0, i + 1);
          from = complete = i + 1;
        }
      } else if (byte === CLOSE_ARRAY && --depth === 1 && head !== undefined) {
        tail = [bytes.subarray(i)];
        rest = NOTHING;
        return rowsOf(bytes, from, i, false);
      }
    }
    if (head === undefined) {
      rest = bytes;
      restHigh = high;
      if (rest.length > LARGEST_ROW) throw new BrokenBodyError('the body has no list of rows');
      return [];
    }
    const rows = complete > from ? rowsOf(bytes, from, complete, high < 0x80) : [];
    rest = bytes.subarray(Math.max(complete, from));
    restHigh = rest.length === 0 ? 0 : high;
    if (rest.length > LARGEST_ROW) throw new BrokenBodyError(`a row is larger than ${LARGEST_ROW} bytes`);
    return rows;
  }

  function end(): Envelope {
    if (head === undefined || tail === undefined) {
      throw new BrokenBodyError(
        head === undefined ? 'the body has no list of rows' : 'the body is cut off within its rows',
      );
    }
    const envelope = parse(head + Buffer.concat(tail).toString('utf8')) as { meta?: unknown };
    const meta = envelope.meta;
    return { meta: typeof meta === 'object' && meta !== null ? (meta as Record<string, unknown>) : {} };
  }

  return { push, end };
}
