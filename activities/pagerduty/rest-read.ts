import { z } from 'zod';
import { badAnswer } from './rest-errors';
import type { Parameters, RestClient } from './rest';

/** What is read of PagerDuty's incidents and their alerts. */

/** The most that PagerDuty gives at once, and the last row that it gives at all (REST API v2, "Pagination"). */
const PAGE = 100;
const LAST_ROW = 10_000;

export interface PagerdutyIncident {
  readonly id: string;
  readonly status: 'triggered' | 'acknowledged' | 'resolved';
  /** Null where it holds several alerts. */
  readonly incident_key: string | null;
}

export interface PagerdutyAlert {
  readonly alert_key: string;
  readonly status: 'triggered' | 'resolved';
}

const incident = z.looseObject({
  id: z.string(),
  status: z.enum(['triggered', 'acknowledged', 'resolved']),
  incident_key: z.string().nullish().default(null),
});
const alert = z.looseObject({ alert_key: z.string(), status: z.enum(['triggered', 'resolved']) });

/** Rows of a list, and whether these are all. */
interface Rows<T> {
  readonly rows: readonly T[];
  readonly complete: boolean;
}

interface List<T> {
  readonly path: string;
  readonly name: 'incidents' | 'alerts';
  readonly row: z.ZodType<T>;
  readonly parameters: Parameters;
}

/** All pages of a list; undefined: there is no such object. */
async function readAll<T>(
  client: RestClient,
  { path, name, row, parameters }: List<T>,
  signal: AbortSignal,
): Promise<Rows<T> | undefined> {
  const page = z.looseObject({ [name]: z.array(row), more: z.boolean() });
  const rows: T[] = [];
  for (let offset = 0; offset + PAGE <= LAST_ROW; offset += PAGE) {
    const answer = await client.get(path, [...parameters, ['limit', PAGE], ['offset', offset]], signal);
    if (answer === undefined) return undefined;
    const read = page.safeParse(answer);
    if (!read.success) throw badAnswer(`PagerDuty answers with a list of ${name} that is none`, read.error);
    const found = read.data[name] as readonly T[];
    rows.push(...found);
    if (!read.data.more || found.length === 0) return { rows, complete: true };
  }
  return { rows, complete: false };
}

const OPEN: Parameters = [
  ['statuses[]', 'triggered'],
  ['statuses[]', 'acknowledged'],
  ['date_range', 'all'],
];

/** All incidents that are open, or those of a key: their own, or that of an alert of theirs. */
export async function openIncidents(
  client: RestClient,
  key: string | undefined,
  signal: AbortSignal,
): Promise<Rows<PagerdutyIncident>> {
  const asked: Parameters = key === undefined ? [['sort_by', 'created_at:asc']] : [['incident_key', key]];
  const parameters = [...OPEN, ...asked];
  const list = { path: 'incidents', name: 'incidents', row: incident, parameters } as const;
  const found = await readAll<PagerdutyIncident>(client, list, signal);
  if (found === undefined) throw badAnswer('PagerDuty answers 404 to a list of incidents: look at PAGERDUTY_API_URL');
  return found;
}

/** The alerts of an incident, of one key if one is given; undefined: PagerDuty knows no such incident. */
export async function alertsOf(
  client: RestClient,
  id: string,
  key: string | undefined,
  signal: AbortSignal,
): Promise<readonly PagerdutyAlert[] | undefined> {
  const path = `incidents/${encodeURIComponent(id)}/alerts`;
  const parameters: Parameters = key === undefined ? [] : [['alert_key', key]];
  return (await readAll<PagerdutyAlert>(client, { path, name: 'alerts', row: alert, parameters }, signal))?.rows;
}
