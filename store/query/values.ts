import { isIP } from 'node:net';
import type { ListColumn } from './columns';

/** A value as it goes to PostgreSQL, or what was expected instead. */
export type Parsed = { readonly value: string | boolean } | { readonly expected: string };

const MAX_ASN = 4_294_967_295;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const TIME = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,6})?)?(Z|[+ -]\d\d:?\d\d)?)?$/i;

/** Longest pattern of a regular expression, in characters. */
export const MAX_PATTERN = 500;

/** An ASN as a number or as `AS64500`; nothing when it is none. */
export function parseAsn(text: string): number | undefined {
  const digits = /^(?:AS)?(\d{1,10})$/i.exec(text.trim())?.[1];
  return digits !== undefined && Number(digits) <= MAX_ASN ? Number(digits) : undefined;
}

/** `true`/`false`, `True`/`False`, `1`/`0`, `yes`/`no`; nothing for anything else. */
export function parseFlag(text: string): boolean | undefined {
  const word = text.trim().toLowerCase();
  if (['true', '1', 'yes'].includes(word)) return true;
  return ['false', '0', 'no'].includes(word) ? false : undefined;
}

/** A date or time in ISO 8601, UTC where it names no zone; nothing when there is no such time. */
export function parseTime(text: string): string | undefined {
  const match = TIME.exec(text.trim());
  if (!match) return undefined;
  const [year, month, day, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map((part) => Number(part || 0));
  // A `+` that was not encoded arrives as a space.
  const zone = (match[7] ?? 'Z').replace(' ', '+');
  const [zoneHours = 0, zoneMinutes = 0] = (zone.match(/\d\d/g) ?? []).map(Number);
  const date = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day));
  const exists = date.getUTCMonth() + 1 === month && date.getUTCDate() === day && date.getUTCFullYear() === year;
  if (!exists || year === 0 || hour > 23 || minute > 59 || second > 59 || zoneHours > 14 || zoneMinutes > 59)
    return undefined;
  const clock = match[4] === undefined ? 'T00:00:00Z' : '';
  return clock === ''
    ? `${text.trim().slice(0, text.trim().length - (match[7]?.length ?? 0))}${zone}`
    : `${text.trim()}${clock}`;
}

/** An address, or an address with its prefix length. */
function isNetwork(text: string): boolean {
  const match = /^([0-9a-f.:]+)(?:\/(\d{1,3}))?$/i.exec(text);
  const version = isIP(match?.[1] ?? '');
  return version !== 0 && Number(match?.[2] ?? 0) <= (version === 4 ? 32 : 128);
}

const or = (value: string | boolean | undefined, expected: string): Parsed =>
  value === undefined ? { expected } : { value };

/** Checks a filter's value by the kind of its field, so that nothing reaches PostgreSQL that it would choke on. */
export function parseValue(kind: ListColumn['kind'], text: string): Parsed {
  const trimmed = text.trim();
  switch (kind) {
    case 'integer':
      return or(/^[+-]?\d{1,18}$/.test(trimmed) ? trimmed : undefined, 'a whole number');
    case 'asn':
      return or(parseAsn(text)?.toString(), 'an ASN, such as 64500 or AS64500');
    case 'double':
      return or(/^[+-]?\d{1,30}(\.\d{1,30})?$/.test(trimmed) ? trimmed : undefined, 'a number');
    case 'boolean':
      return or(parseFlag(text), 'true or false');
    case 'timestamp':
      return or(parseTime(text), 'a date or a time, such as 2026-01-31 or 2026-01-31T12:00:00Z');
    case 'inet4':
    case 'inet6':
    case 'cidr':
    case 'inet':
      return or(isNetwork(trimmed) ? trimmed : undefined, 'an IP address or a prefix');
    case 'uuid':
      return or(UUID.test(trimmed) ? trimmed : undefined, 'a UUID');
    case 'text':
    case 'json':
    case 'opaque':
      return parseText(text);
  }
}

/** Text for a comparison: anything that PostgreSQL can hold. */
export const parseText = (text: string): Parsed =>
  text.includes('\0') ? { expected: 'text without NUL characters' } : { value: text };
