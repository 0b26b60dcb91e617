import type { Knex } from 'knex';
import type { AlertRow } from './alerts';

/** What an alert is about, as far as sending depends on it. */

/** A technical service that is affected. */
export interface ServiceRow {
  readonly id: number;
  readonly name: string;
  readonly routing_key: number | null;
  readonly hold_seconds: number;
  readonly quiet_seconds: number;
}

/** The services that an alert's record affects, in the order of their ids. */
export async function servicesOf(
  trx: Knex,
  { incident, event }: Pick<AlertRow, 'incident' | 'event'>,
): Promise<readonly ServiceRow[]> {
  const columns = ['s.id', 's.name', 's.routing_key', 's.hold_seconds', 's.quiet_seconds'];
  if (incident !== null)
    return trx('incident_service AS s')
      .join('incident_affected_service AS a', 'a.service', 's.id')
      .where('a.incident', incident)
      .orderBy('s.id')
      .select<ServiceRow[]>(columns);
  if (event === null) return [];
  return trx('incident_service AS s')
    .join('incident_event AS e', 'e.technical_service', 's.id')
    .where('e.id', event)
    .select<ServiceRow[]>(columns);
}

/** The longest damping of some services. */
export const dampingOf = (
  services: readonly ServiceRow[],
): { readonly holdSeconds: number; readonly quietSeconds: number } => ({
  holdSeconds: Math.max(0, ...services.map(({ hold_seconds }) => hold_seconds)),
  quietSeconds: Math.max(0, ...services.map(({ quiet_seconds }) => quiet_seconds)),
});

/** A version of a routing key, and where it came from. */
export interface PickedKey {
  readonly routing_key: number;
  readonly origin: string;
}

/** The key that a new alert is triggered with: that of the first service that has one, else that of the settings. */
export function pickKey(services: readonly ServiceRow[], fallback: number | undefined): PickedKey | undefined {
  const service = services.find(({ routing_key }) => routing_key !== null);
  const own = service?.routing_key ?? undefined;
  if (service !== undefined && own !== undefined)
    return { routing_key: own, origin: `technical service ${service.name}` };
  return fallback === undefined ? undefined : { routing_key: fallback, origin: 'PAGERDUTY_ROUTING_KEY' };
}

/**
 * Until when maintenance holds a new page of some services back: the first end of the windows that are open, if they are
 * for everything, or for every one of these services. Then it is looked at again.
 */
export async function maintenanceUntil(
  trx: Knex,
  services: readonly ServiceRow[],
  now: Date,
): Promise<string | undefined> {
  const ids = services.map(({ id }) => id);
  const open = await trx('incident_maintenance')
    .whereIn('status', ['planned', 'started'])
    .where('planned_start', '<=', now.toISOString())
    .where('planned_end', '>', now.toISOString())
    .where((where) => void where.whereNull('technical_service').orWhereIn('technical_service', ids))
    .orderBy('planned_end')
    .select<{ technical_service: number | null; planned_end: string }[]>('technical_service', 'planned_end');
  const isCovered = (id: number): boolean => open.some(({ technical_service }) => technical_service === id);
  const isForAll = open.some(({ technical_service }) => technical_service === null);
  if (!isForAll && (ids.length === 0 || !ids.every(isCovered))) return undefined;
  return open[0]?.planned_end;
}
