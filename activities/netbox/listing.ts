import { z } from 'zod';
import type { NetboxRules } from '../../store/netbox/device';
import type { NetboxClient } from './client';
import { DEVICE_QUERY } from './devices';
import { badAnswer } from './errors';
import { isAtLeast } from './version';

/** Devices on a page: NetBox's own limit unless its operator lowered it, which is respected. */
const PAGE = 1000;
/** Devices that are asked for by their ids at once: the address has to fit into what proxies take. */
const IDS = 100;

const pageSchema = z.looseObject({
  count: z.int().nullish(),
  next: z.string().nullish(),
  results: z.array(z.unknown()),
});

/** A page of a listing. */
export interface DevicePage {
  readonly devices: readonly unknown[];
  /** Where the next page begins; undefined: this was the last one. */
  readonly next: number | undefined;
  /** How many devices NetBox says there are; undefined where it does not say (by cursor). */
  readonly count: number | undefined;
}

/** How a listing goes from page to page: by cursor since NetBox 4.6, else by offset. */
export type Paging = 'cursor' | 'offset';

/** What is asked for: all devices that may be in scope, or some by their ids. */
export type Wanted =
  | { readonly rules: NetboxRules }
  | { readonly ids: readonly number[]; /** What is asked of them, where it is not all. */ readonly query?: string };

/** How this NetBox pages: asked once for a listing. */
export async function pagingOf(client: NetboxClient, signal: AbortSignal): Promise<Paging> {
  const { json, version } = await client.get('status/', signal);
  const told = (json as { 'netbox-version'?: unknown } | undefined)?.['netbox-version'];
  const known = typeof told === 'string' ? told : version;
  return known !== undefined && isAtLeast(known, 4, 6) ? 'cursor' : 'offset';
}

/**
 * The filters of a listing. Roles are any of them, with those below (since 4.3); of several tags NetBox wants all and we
 * want any, so that only a single one can be asked for (measured on 4.6).
 */
function filtersOf(wanted: Wanted): string {
  if ('ids' in wanted) return wanted.ids.map((id) => `&id=${id}`).join('');
  const { roles, tags } = wanted.rules;
  const named = [
    ...roles.map((role) => ['role', role] as const),
    ...(tags.length === 1 ? tags.map((tag) => ['tag', tag] as const) : []),
  ];
  return named.map(([name, slug]) => `&${name}=${encodeURIComponent(slug)}`).join('');
}

/** What of `next` is believed: its cursor. It is built from the Host header, and may name any machine. */
function cursorOf(next: string): number {
  const start = /[?&]start=(\d+)/.exec(next)?.[1];
  if (start === undefined) throw badAnswer('NetBox answers with a next page that has no start');
  return Number(start);
}

/** One page of a listing. `from` is where it begins, 0 for the first. */
export async function readPage(
  client: NetboxClient,
  wanted: Wanted,
  paging: Paging,
  from: number,
  signal: AbortSignal,
): Promise<DevicePage> {
  const place = paging === 'cursor' ? `start=${from}` : `offset=${from}&ordering=id`;
  const asked = 'ids' in wanted ? wanted.query : undefined;
  const query = `${asked ?? DEVICE_QUERY}&limit=${PAGE}&${place}${filtersOf(wanted)}`;
  const { json } = await client.get(`dcim/devices/?${query}`, signal);
  const page = pageSchema.safeParse(json);
  if (!page.success) throw badAnswer('NetBox answers with a list of devices that is none', page.error);
  const { results, next = null, count = null } = page.data;
  const isLast = next === null || results.length === 0;
  const following = paging === 'offset' ? from + results.length : isLast ? 0 : cursorOf(next);
  if (!isLast && following <= from) throw badAnswer('NetBox answers with a next page that is not further on');
  return { devices: results, next: isLast ? undefined : following, count: count ?? undefined };
}

const rowSchema = z.looseObject({ id: z.int() });

/**
 * Devices by their ids: all that NetBox shows, however few it shows at once. What is left is asked for by its ids again,
 * which no deletion between two pages can shift.
 */
export async function readByIds(
  client: NetboxClient,
  { ids, query }: Extract<Wanted, { readonly ids: readonly number[] }>,
  signal: AbortSignal,
): Promise<unknown[]> {
  const devices: unknown[] = [];
  for (let left = ids; left.length > 0;) {
    const wanted = { ids: left, ...(query === undefined ? {} : { query }) };
    const { devices: rows, next } = await readPage(client, wanted, 'offset', 0, signal);
    devices.push(...rows);
    if (next === undefined) break;
    const shown = new Set(rows.map((row) => rowSchema.safeParse(row).data?.id));
    const rest = left.filter((id) => !shown.has(id));
    if (rest.length === left.length) throw badAnswer('NetBox answers with devices that were not asked for');
    left = rest;
  }
  return devices;
}

/** Ids in portions that fit into one address. */
export function* portions(ids: readonly number[]): Generator<readonly number[]> {
  for (let i = 0; i < ids.length; i += IDS) yield ids.slice(i, i + IDS);
}
