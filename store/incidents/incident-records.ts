import type { Knex } from 'knex';
import { withMeaning } from '../records';
import type { IncidentValues } from './incident-rows';
import { changeIncident, createIncident } from './incidents';
import type { IncidentStatus } from './statuses';
import { INCIDENT } from './tables';
import type { Who } from './who';

/** Incidents as records that people write. Unknown services and events are theirs to correct. */

/** Makes an incident; its id. */
export const makeIncident = (trx: Knex, values: IncidentValues, who: Who): Promise<number> =>
  withMeaning(INCIDENT, createIncident(trx, values, who));

/** Changes an incident; whether there is one. */
export const writeIncidentFields = (
  trx: Knex,
  id: number,
  values: Partial<IncidentValues>,
  who: Who,
): Promise<boolean> => withMeaning(INCIDENT, changeIncident(trx, id, values, who));

/** Gives incidents a status, in the order of their ids; the ids of those that there are. */
export async function changeIncidents(
  trx: Knex,
  ids: readonly number[],
  status: IncidentStatus,
  who: Who,
): Promise<readonly number[]> {
  const known = await trx('incident').whereIn('id', ids).orderBy('id').forNoKeyUpdate().select<{ id: number }[]>('id');
  for (const { id } of known) await changeIncident(trx, id, { status }, who);
  return known.map(({ id }) => id);
}
