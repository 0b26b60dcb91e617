import type { Problems } from './problems';
import type { ListName, RawLists } from './raw';

/**
 * Reading of rows field by field: what is not as IX-API says is told, and read as null. A field that is missing, null or
 * an empty text is null too, and nothing is told.
 */

/** A row, or a part of one, as it came. `at` names the part: 'vlan_config.'; of a whole row it is empty. */
export interface Loose {
  readonly id: string;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly at: string;
  readonly tell: (reason: string) => void;
}

/** Longer texts are cut; longer ids are none, as they are keys of PostgreSQL's indexes. */
const LONGEST_TEXT = 1024;
const LONGEST_ID = 255;

/** The rows of a list, each id once: the later row counts, as it was read later. */
export function looseRows(raw: RawLists, list: ListName, problems: Problems): readonly Loose[] {
  const rows = new Map<string, Loose>();
  for (const fields of raw[list]) {
    const id = toId(fields.id);
    if (id !== undefined) rows.set(id, { id, fields, at: '', tell: (reason) => problems.tell(list, id, reason) });
    else problems.tell(list, toText(fields.id) ?? '', 'left out: its id is empty, too long or no text');
  }
  return [...rows.values()];
}

/** An id as it can be kept, and compared; numbers are read as texts. Undefined: it is none. */
function toId(value: unknown): string | undefined {
  const id: unknown = Number.isSafeInteger(value) ? String(value) : value;
  return typeof id === 'string' && id !== '' && id.length <= LONGEST_ID && cleaned(id) === id ? id : undefined;
}

/** As PostgreSQL can keep it: without U+0000 and halves of surrogate pairs, and not too long. */
export function cleaned(text: string): string {
  const short = text.length > LONGEST_TEXT ? text.slice(0, LONGEST_TEXT) : text;
  return NO_TEXT.test(short) ? short.replaceAll('\0', '').replaceAll(/\p{Cs}/gu, '\ufffd') : short;
}

const NO_TEXT = /[\0\p{Cs}]/u;

/** Tells that a field is not what was expected. Always null, for the field. */
export function tellWrong({ at, tell }: Loose, field: string, value: unknown, expected: string): null {
  tell(`${at}${field}: ${shown(value)} is not ${expected}`);
  return null;
}

function shown(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `'${text.length > 60 ? `${cleaned(text.slice(0, 60))}…` : cleaned(text)}'`;
}

/** The value of a field; null too where it is missing or empty. */
export function given({ fields }: Loose, field: string): unknown {
  const value = Object.hasOwn(fields, field) ? fields[field] : null;
  return value === undefined || value === '' ? null : value;
}

/** A field that is read by `parse`, which gives undefined where it cannot. */
export function readField<T>(
  row: Loose,
  field: string,
  expected: string,
  parse: (value: unknown) => T | undefined,
): T | null {
  const value = given(row, field);
  return value === null ? null : (parse(value) ?? tellWrong(row, field, value, expected));
}

/** A list of values, each read by `parse`; what it cannot read is left out and told. */
export function readList<T>(
  row: Loose,
  field: string,
  expected: string,
  parse: (value: unknown, n: number) => T | undefined,
): T[] {
  const value = given(row, field);
  if (value === null) return [];
  if (!Array.isArray(value)) {
    tellWrong(row, field, value, 'a list');
    return [];
  }
  return value.flatMap((one: unknown, n) => {
    const parsed = parse(one, n);
    if (parsed === undefined) tellWrong(row, `${field}[${n}]`, one, expected);
    return parsed === undefined ? [] : [parsed];
  });
}

const toText = (value: unknown): string | undefined => (typeof value === 'string' ? cleaned(value) : undefined);

export function readText(row: Loose, field: string): string | null {
  const text = readField(row, field, 'a text', toText);
  // It may have been nothing but U+0000.
  return text === '' ? null : text;
}

export const readTexts = (row: Loose, field: string): string[] => readList(row, field, 'a text', toText);

/** What refers to another row. */
export const readId = (row: Loose, field: string): string | null => readField(row, field, 'an id', toId);

/** Each once. */
export const readIds = (row: Loose, field: string): string[] => [...new Set(readList(row, field, 'an id', toId))];

export const readFlag = (row: Loose, field: string): boolean | null =>
  readField(row, field, 'true or false', (value) => (typeof value === 'boolean' ? value : undefined));

/** A part of a row that is an object. */
export function readPart(row: Loose, field: string): Loose | null {
  const fields = readField(row, field, 'an object', toFields);
  return fields && { id: row.id, fields, at: `${row.at}${field}.`, tell: row.tell };
}

/** The parts of a row that are objects in a list. */
export const readParts = (row: Loose, field: string): Loose[] =>
  readList(row, field, 'an object', (value, n) => {
    const fields = toFields(value);
    return fields && { id: row.id, fields, at: `${row.at}${field}[${n}].`, tell: row.tell };
  });

const toFields = (value: unknown): Readonly<Record<string, unknown>> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;

/** Tells that a row is left out, and what it lacks. Always null, for the row. */
export function leftOut({ at, tell }: Loose, needed: Readonly<Record<string, unknown>>): null {
  const lacking = Object.keys(needed).filter((name) => needed[name] === null);
  tell(`${at === '' ? '' : `${at.slice(0, -1)} is `}left out: without ${lacking.join(', ')}`);
  return null;
}
