import type { Secret } from '../../../config/secret';

/** What is kept of what an exchange says of an error. */
const KEPT_OF_TEXT = 500;
/** How deep into a detail is read, and how many items of a list: exchanges send lists and objects there too. */
const DEEPEST = 4;
const MOST_ITEMS = 10;

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The words in a value of any shape. */
function wordsOf(value: unknown, depth = 0): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'object' || value === null) return '';
  if (depth === DEEPEST) return '…';
  const items = Array.isArray(value)
    ? value.slice(0, MOST_ITEMS).map((item) => wordsOf(item, depth + 1))
    : Object.entries(value)
        .slice(0, MOST_ITEMS)
        .map(([name, item]) => `${name}: ${wordsOf(item, depth + 1)}`);
  return items.filter((item) => item !== '').join('; ');
}

/** `properties` of a validation error: `[{name, reason}]` (terraform-provider-ixapi, errors.go); the reason is any JSON. */
function propertiesOf(value: unknown): string {
  const properties = Array.isArray(value) ? value.slice(0, MOST_ITEMS).filter(isFields) : [];
  return properties.map(({ name, reason }) => `${wordsOf(name)}: ${wordsOf(reason)}`).join('; ');
}

/** What `encodeURIComponent` takes: it throws for halves of surrogate pairs. */
const wellFormed = (text: string): string => Buffer.from(text, 'utf8').toString('utf8');

/** A text without secrets, in whatever of the usual spellings they are. */
export function redact(text: string, secrets: readonly Secret[]): string {
  const spellings = secrets
    .map((secret) => secret.reveal())
    .flatMap((value) => [value, encodeURIComponent(wellFormed(value)), JSON.stringify(value).slice(1, -1)])
    .filter((value) => value !== '');
  return spellings.reduce((left, spelling) => left.replaceAll(spelling, '[redacted]'), text);
}

/** A text from outside as a part of a line of ours: redacted, without control characters, not long. */
export function clean(text: string, secrets: readonly Secret[]): string {
  const line = redact(text, secrets).replace(/[\s\p{C}]+/gu, ' ');
  return line.length <= KEPT_OF_TEXT ? line.trim() : `${line.slice(0, KEPT_OF_TEXT).trim()}…`;
}

/**
 * What a problem document says (RFC 9457, under either content type), redacted; empty for what is none. IX-API 2.1.0
 * has `title` and `detail`, validation errors have `properties` besides.
 */
export function saidBy(body: unknown, secrets: readonly Secret[]): string {
  if (!isFields(body)) return '';
  const { title, detail, properties } = body;
  const parts = [wordsOf(title), wordsOf(detail), propertiesOf(properties)];
  return clean([...new Set(parts)].filter((part) => part !== '').join(': '), secrets);
}
