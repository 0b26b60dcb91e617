import { createHash } from 'node:crypto';
import { isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Column } from '../../store/peeringdb/columns';
import type { PeeringdbObject } from '../../store/peeringdb/objects';

/** A row of PeeringDB's as `JSON.parse` gives it. */
export type UpstreamRow = Readonly<Record<string, unknown>>;

/** A row ready for COPY: with status ok all its fields, else (a tombstone) its id and `updated` alone. */
export interface EncodedRow {
  readonly id: number;
  readonly updated: string;
  /** Fields in the order of {@link stagingColumns} less the last three, separated by tabs. */
  readonly fields: string;
  readonly status: string;
}

/** A row that breaks a rule, and why. */
export interface InvalidRow {
  /** The row's id, or a hash of the row where it has no usable one. */
  readonly key: string;
  readonly id: number | null;
  readonly updated: string | null;
  readonly reason: string;
  readonly data: string;
}

/** The columns that rows are copied into, in order. */
export const stagingColumns = (object: PeeringdbObject): string[] => [
  ...object.columns.map((column) => column.name),
  'extra',
  'body',
  'rank',
  'status',
];

const NULL = '\\N';
const LARGEST_INTEGER = 2_147_483_647;
const LARGEST_ASN = 4_294_967_295;
const TIMESTAMP =
  /^(\d{4}-(?:0[1-9]|1[0-2])-\d\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/;
// Surrogates too: halves without their other half are no text, and PostgreSQL would not keep them.
const NEEDS_CARE = /[\\\n\r\t\0\ud800-\udfff]/;
/** U+0000 and halves of surrogate pairs, as JSON.stringify escapes them; jsonb takes neither. */
const UNSTORABLE_JSON = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;
/** PeeringDB nests two deep; PostgreSQL's parser has an end somewhere in the thousands. */
const DEEPEST_JSON = 100;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Thrown within an encoder; becomes the `reason` of an {@link InvalidRow}. */
class BrokenRule extends Error {}

/** Text as a field of COPY's text format. */
export const copyText = (value: string): string =>
  NEEDS_CARE.test(value) ? value.replace(/[\\\n\r\t]/g, (character) => ESCAPES[character] as string) : value;

const nameOf = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'a list' : `a ${typeof value}`;

function encodeText(value: unknown, maxLength: number | undefined): string {
  if (typeof value !== 'string') throw new BrokenRule(`expected text, got ${nameOf(value)}`);
  if (maxLength !== undefined && value.length > maxLength) {
    const length = Array.from(value).length;
    if (length > maxLength) throw new BrokenRule(`${length} characters, at most ${maxLength} are allowed`);
  }
  if (!NEEDS_CARE.test(value)) return value;
  if (value.includes('\0')) throw new BrokenRule('contains U+0000');
  if (/\p{Surrogate}/u.test(value)) throw new BrokenRule('contains half a surrogate pair');
  return copyText(value);
}

function encodeWhole(value: unknown, least: number, most: number): string {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return String(value);
  const got = typeof value === 'number' ? String(value) : nameOf(value);
  throw new BrokenRule(`expected a whole number from ${least} to ${most}, got ${got}`);
}

function encodeDouble(value: unknown): string {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number === 'number' && Number.isFinite(number)) return String(number);
  throw new BrokenRule(`expected a number, got ${nameOf(value)}`);
}

const knownDays = new Set<string>();

/** Whether a day of the calendar exists: 2026-02-30 does not. Only the last days of months are worked out, and once. */
function isDay(day: string): boolean {
  if ((day.slice(8) < '29' && day > '0001') || knownDays.has(day)) return true;
  const date = new Date(`${day}T00:00:00Z`);
  const exists = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day) && !day.startsWith('0000');
  if (exists && knownDays.size < 100_000) knownDays.add(day);
  return exists;
}

function encodeTimestamp(value: unknown): string {
  const day = typeof value === 'string' ? TIMESTAMP.exec(value)?.[1] : undefined;
  if (day !== undefined && isDay(day)) return value as string;
  throw new BrokenRule(`expected a time like 2026-01-31T12:00:00Z, got ${JSON.stringify(value)}`);
}

function encodeAddress(value: unknown, version: 4 | 6): string {
  if (typeof value === 'string' && (version === 4 ? isIPv4(value) : isIPv6(value) && !value.includes('%')))
    return value;
  throw new BrokenRule(`${JSON.stringify(value)} is not an IPv${version} address`);
}

function encodePrefix(value: unknown): string {
  if (typeof value === 'string' && /^[0-9a-fA-F.:]+\/\d{1,3}$/.test(value) && ipaddr.isValidCIDR(value)) {
    const [address, length] = ipaddr.parseCIDR(value);
    const network =
      address.kind() === 'ipv4' ? ipaddr.IPv4.networkAddressFromCIDR(value) : ipaddr.IPv6.networkAddressFromCIDR(value);
    if (network.toString() === address.toString()) return `${address.toString()}/${length}`;
    throw new BrokenRule(`${JSON.stringify(value)} has host bits set`);
  }
  throw new BrokenRule(`${JSON.stringify(value)} is not a prefix`);
}

const tryOr = <T>(value: () => T): T | null => {
  try {
    return value();
  } catch {
    return null;
  }
};

/** How deep brackets are nested in JSON text; those within strings count too, which only errs on the careful side. */
function nesting(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const bracket of text.match(/[[{\]}]/g) ?? []) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}

function encodeJson(value: unknown): string {
  // Very deep values exhaust JSON.stringify's stack.
  const text = tryOr(() => JSON.stringify(value));
  if (text === null) throw new BrokenRule(`nested deeper than ${DEEPEST_JSON}`);
  if (UNSTORABLE_JSON.test(text)) throw new BrokenRule('contains U+0000 or half a surrogate pair');
  if (text.length > DEEPEST_JSON && nesting(text) > DEEPEST_JSON)
    throw new BrokenRule(`nested deeper than ${DEEPEST_JSON}`);
  return copyText(text);
}

function encoderOf({ kind, maxLength }: Column): (value: unknown) => string {
  switch (kind) {
    case 'integer':
      return (value) => encodeWhole(value, -LARGEST_INTEGER, LARGEST_INTEGER);
    case 'asn':
      return (value) => encodeWhole(value, 0, LARGEST_ASN);
    case 'double':
      return encodeDouble;
    case 'text':
      return (value) => encodeText(value, maxLength);
    case 'boolean':
      return (value) => {
        if (typeof value === 'boolean') return value ? 't' : 'f';
        throw new BrokenRule(`expected true or false, got ${nameOf(value)}`);
      };
    case 'timestamp':
      return encodeTimestamp;
    case 'json':
      return encodeJson;
    case 'inet4':
      return (value) => encodeAddress(value, 4);
    case 'inet6':
      return (value) => encodeAddress(value, 6);
    case 'cidr':
      return encodePrefix;
  }
}

/** A field's text, or the rule it breaks with the field's name in front. */
function encodeField(column: Column, encode: (value: unknown) => string, value: unknown): string {
  if (value === null || value === undefined) {
    if (column.required) throw new BrokenRule(`${column.name}: missing`);
    return NULL;
  }
  try {
    return encode(value);
  } catch (error) {
    if (error instanceof BrokenRule) throw new BrokenRule(`${column.name}: ${error.message}`);
    throw error;
  }
}

function invalid(row: unknown, reason: string): InvalidRow {
  const data = tryOr(() => JSON.stringify(row)) ?? '"nested too deep to be kept"';
  const fields = (typeof row === 'object' && row !== null ? row : {}) as UpstreamRow;
  const id = tryOr(() => Number(encodeWhole(fields['id'], 1, LARGEST_INTEGER)));
  const key = id === null ? `sha256:${createHash('sha256').update(data).digest('hex').slice(0, 32)}` : String(id);
  return { key, id, updated: tryOr(() => encodeTimestamp(fields['updated'])), reason, data };
}

/** Turns rows of one type into what COPY takes, or into the rule that they break. */
export function createEncoder(object: PeeringdbObject): (row: unknown) => EncodedRow | InvalidRow {
  const columns = object.columns.map((column) => ({ column, encode: encoderOf(column) }));
  const known = new Set([...object.columns.map((column) => column.name), 'status']);

  function extraOf(row: UpstreamRow): string {
    const entries = Object.entries(row).filter(([name]) => !known.has(name));
    try {
      return encodeJson(Object.fromEntries(entries));
    } catch (error) {
      throw error instanceof BrokenRule ? new BrokenRule(`an unknown field ${error.message}`) : error;
    }
  }

  function encode(row: UpstreamRow): EncodedRow {
    const status = row['status'];
    if (typeof status !== 'string' || !/^[a-z]{1,16}$/.test(status)) throw new BrokenRule('status: expected a word');
    const id = Number(encodeWhole(row['id'], 1, LARGEST_INTEGER));
    if (status !== 'ok') {
      const updated = encodeTimestamp(row['updated']);
      const fields = columns.map(({ column: { name } }) =>
        name === 'id' ? String(id) : name === 'updated' ? updated : NULL,
      );
      return { id, updated, status, fields: `${fields.join('\t')}\t${NULL}` };
    }
    let fields = '';
    let present = 1;
    for (const { column, encode } of columns) {
      const value = row[column.name];
      if (value !== undefined) present++;
      fields += `${encodeField(column, encode, value)}\t`;
    }
    fields += Object.keys(row).length === present ? NULL : extraOf(row);
    return { id, updated: row['updated'] as string, status, fields };
  }

  return (row) => {
    if (typeof row !== 'object' || row === null || Array.isArray(row))
      return invalid(row, `expected a row, got ${nameOf(row)}`);
    try {
      return encode(row as UpstreamRow);
    } catch (error) {
      if (error instanceof BrokenRule) return invalid(row, error.message);
      throw error;
    }
  };
}
