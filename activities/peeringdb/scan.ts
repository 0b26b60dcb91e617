import { Buffer, isAscii } from 'node:buffer';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const NOTHING = Buffer.alloc(0);

/** Where one row ends and the next begins, as PeeringDB writes it. */
const NEXT_ROW = Buffer.from('}, {"id": ');

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
  /** Ends the body: its last rows, and what stands around them. Throws {@link BrokenBodyError} unless it was whole. */
  end(): { readonly rows: unknown[]; readonly envelope: Envelope };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BrokenBodyError('the body is not JSON', { cause: error });
  }
}

/** Rows separated by commas. PeeringDB escapes what is not ASCII, and ASCII decodes several times faster as latin1. */
function parseRows(bytes: Buffer): unknown[] {
  const list = bytes
    .toString(isAscii(bytes) ? 'latin1' : 'utf8')
    .trim()
    .replace(/^,/, '');
  return list === '' ? [] : (parse(`[${list}]`) as unknown[]);
}

/** What a walk through bytes of a list found. */
interface Walked {
  /** The index behind the last row that is complete. */
  readonly complete: number;
  /** The index of the bracket that closes the list, if it is there. */
  readonly closed: number | undefined;
}

/** Walks through bytes that begin between two rows, one byte at a time. */
function walk(bytes: Buffer): Walked {
  let depth = 0;
  let complete = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === QUOTE) {
      for (i++; i < bytes.length && bytes[i] !== QUOTE; i++) if (bytes[i] === BACKSLASH) i++;
    } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth++;
    else if (byte === CLOSE_OBJECT) {
      if (--depth === 0) complete = i + 1;
    } else if (byte === CLOSE_ARRAY && --depth < 0) return { complete, closed: i };
  }
  return { complete, closed: undefined };
}

/** The index behind the bracket that opens the list of the key "data" of the outermost object. */
function findList(bytes: Buffer): number | undefined {
  let depth = 0;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === QUOTE) {
      for (i++; i < bytes.length && bytes[i] !== QUOTE; i++) if (bytes[i] === BACKSLASH) i++;
    } else if (byte === OPEN_OBJECT) depth++;
    else if (byte === OPEN_ARRAY) {
      if (++depth === 2 && /"data"\s*:\s*$/.test(bytes.toString('latin1', Math.max(0, i - 64), i))) return i + 1;
    } else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) depth--;
  }
  return undefined;
}

/**
 * A scanner for one body. It parses many rows with one call of `JSON.parse`, as fast as parsing the body whole, without
 * ever holding it whole.
 */
export function createScanner(): Scanner {
  let head: string | undefined;
  // Bytes not yet given out: of the envelope before the list, of unfinished rows within it.
  let rest: Buffer = NOTHING;

  /**
   * The complete rows of `rest`. A brace, a quote, `id` and a quote are never inside a text, where quotes are escaped,
   * so the last such place is the end of a row, or lies within one: then what is before it has a bracket open, is no
   * JSON, and is walked through byte by byte.
   */
  function takeRows(): unknown[] {
    const boundary = rest.lastIndexOf(NEXT_ROW);
    if (boundary > 0) {
      try {
        const rows = parseRows(rest.subarray(0, boundary + 1));
        rest = rest.subarray(boundary + 1);
        return rows;
      } catch (error) {
        if (!(error instanceof BrokenBodyError)) throw error;
      }
    }
    const { complete, closed } = walk(rest);
    if (closed !== undefined) return [];
    const rows = parseRows(rest.subarray(0, complete));
    rest = rest.subarray(complete);
    return rows;
  }

  function push(chunk: Buffer): unknown[] {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    if (rest.length > LARGEST_ROW + chunk.length)
      throw new BrokenBodyError(`a row is larger than ${LARGEST_ROW} bytes`);
    if (head === undefined) {
      const list = findList(rest);
      if (list === undefined) return [];
      head = rest.toString('utf8', 0, list);
      rest = rest.subarray(list);
    }
    return takeRows();
  }

  function end(): { rows: unknown[]; envelope: Envelope } {
    if (head === undefined) throw new BrokenBodyError('the body has no list of rows');
    const { closed } = walk(rest);
    if (closed === undefined) throw new BrokenBodyError('the body is cut off within its rows');
    const { meta } = parse(head + rest.toString('utf8', closed)) as { meta?: unknown };
    const known = typeof meta === 'object' && meta !== null ? (meta as Record<string, unknown>) : {};
    return { rows: parseRows(rest.subarray(0, closed)), envelope: { meta: known } };
  }

  return { push, end };
}
