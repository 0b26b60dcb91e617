import ipaddr from 'ipaddr.js';
import { given, readField, readList, tellWrong, type Loose } from './loose';
import { isTooLarge, parseSubnet, type Family } from '../match/subnets';

/** Numbers, times and addresses of rows, read like the others (`loose.ts`). */

/** The largest whole number that a column of PostgreSQL takes; no speed or count comes near. */
const LARGEST = 2 ** 31 - 1;

/** A whole number from `least` to `most`; also as a text of digits. */
export const readWhole = (row: Loose, field: string, least = 0, most = LARGEST): number | null =>
  readField(row, field, `a whole number from ${least} to ${most}`, (value) => toWhole(value, least, most));

function toWhole(value: unknown, least: number, most: number): number | undefined {
  const number: unknown = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return Number.isInteger(number) && (number as number) >= least && (number as number) <= most
    ? Number(number)
    : undefined;
}

/** AS numbers, also as AS64500. */
const toAsn = (value: unknown): number | undefined =>
  toWhole(typeof value === 'string' ? value.replace(/^AS(?=\d)/i, '') : value, 1, 2 ** 32 - 1);

export const readAsn = (row: Loose, field: string): number | null => readField(row, field, 'an AS number', toAsn);

/** Each once. */
export const readAsns = (row: Loose, field: string): number[] => [
  ...new Set(readList(row, field, 'an AS number', toAsn)),
];

export const readVlan = (row: Loose, field: string): number | null => readWhole(row, field, 1, 4094);

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const TIME = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$/i;

/** A time as ISO 8601 in UTC. One without a zone is taken for UTC, a day for its first moment. */
export const readTime = (row: Loose, field: string): string | null =>
  readField(row, field, 'a time of ISO 8601', toTime);

/** A day (2026-12-31), or a time. */
export const readDay = (row: Loose, field: string): string | null =>
  readField(row, field, 'a day of ISO 8601', (value) =>
    typeof value === 'string' && DAY.test(value) ? toTime(value)?.slice(0, 10) : toTime(value),
  );

function toTime(value: unknown): string | undefined {
  const [, day, time = '00:00', zone = 'Z'] = (typeof value === 'string' ? TIME.exec(value) : null) ?? [];
  if (day === undefined || !isDay(day)) return undefined;
  const at = new Date(`${day}T${time}${zone}`);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** Whether there is such a day: the 30th of February would be read as one of March. */
const isDay = (day: string): boolean => day.slice(8) <= '28' || new Date(day).getUTCDate() === Number(day.slice(8));

/** No form of an address is longer, with its prefix length. */
const LONGEST_ADDRESS = 49;

/** The canonical form of an address, and of which family it is. Undefined: it is none that a LAN has. */
export function toAddress(value: unknown): { readonly address: string; readonly version: Family } | undefined {
  if (typeof value !== 'string' || value.length > LONGEST_ADDRESS) return undefined;
  if (!value.includes(':'))
    return ipaddr.IPv4.isValidFourPartDecimal(value) ? { address: value, version: 4 } : undefined;
  if (value.includes('%') || !ipaddr.IPv6.isValid(value)) return undefined;
  const parsed = ipaddr.IPv6.parse(value);
  return parsed.isIPv4MappedAddress() ? undefined : { address: parsed.toRFC5952String(), version: 6 };
}

/** An address of a family. */
export const readAddress = (row: Loose, field: string, family: Family): string | null =>
  readField(row, field, `an IPv${family} address`, (value) => {
    const found = toAddress(value);
    return found?.version === family ? found.address : undefined;
  });

/** CIDR. Host bits are told and dropped; a subnet that is too large for a LAN is told and null. */
export function readSubnet(row: Loose, field: string, family: Family): string | null {
  const value = given(row, field);
  if (value === null) return null;
  const text = typeof value === 'string' && value.length <= LONGEST_ADDRESS ? value : '';
  const subnet = parseSubnet(text);
  if (subnet?.version !== family) return tellWrong(row, field, value, `an IPv${family} subnet`);
  if (isTooLarge(subnet)) return tellWrong(row, field, value, 'small enough for a LAN');
  if (ipaddr.parseCIDR(text)[0].toString() !== subnet.network.toString())
    row.tell(`${row.at}${field}: '${text}' has host bits, and is read as ${subnet.cidr}`);
  return subnet.cidr;
}

/** A MAC address as 02:01:00:00:00:0a, from any case and with colons, hyphens, dots or no signs at all. */
export const readMac = (row: Loose, field: string): string | null =>
  readField(row, field, 'a unicast MAC address', toMac);

const MAC = /^([\da-f]{2}([:-]?)([\da-f]{2}\2){4}[\da-f]{2}|([\da-f]{4}\.){2}[\da-f]{4})$/i;

function toMac(value: unknown): string | undefined {
  if (typeof value !== 'string' || !MAC.test(value)) return undefined;
  const digits = value.replaceAll(/[:.-]/g, '').toLowerCase();
  // The lowest bit of the first byte: for several stations, which none has as its own.
  const isMulticast = parseInt(digits.slice(0, 2), 16) % 2 === 1;
  return isMulticast || digits === '000000000000' ? undefined : (digits.match(/../g) ?? []).join(':');
}
