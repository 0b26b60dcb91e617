import type { Knex } from 'knex';
import { z } from 'zod';
import { changeEvents } from '../../../store/incidents/event-records';
import { changeIncidents } from '../../../store/incidents/incident-records';
import { EVENT_STATUSES, INCIDENT_STATUSES } from '../../../store/incidents/statuses';
import type { Who } from '../../../store/incidents/who';
import { transact } from '../../../store/transact';
import { endpoint, type Endpoint } from '../../http/endpoint';
import { reference } from '../../http/schemas';
import { Problem } from '../../problem';
import { whoOf, type IncidentsDeps } from './deps';
import { EVENTS_PATH } from './events';
import { INCIDENTS_PATH } from './incidents';

/** Changed in one transaction, so not more than that can bear. */
const MOST_IDS = 1000;

const answer = z
  .object({
    success: z.boolean(),
    updated_count: z.int(),
    not_found: z.array(z.int()),
    message: z.string(),
  })
  .meta({ id: 'BulkStatus' });

/** Some records whose status can be given to many of them at once. */
interface Many<S extends string> {
  readonly label: string;
  readonly path: string;
  readonly statuses: readonly [S, ...S[]];
  /** Gives records a status; the ids of those that there are. */
  readonly change: (trx: Knex, ids: readonly number[], status: S, who: Who) => Promise<readonly number[]>;
}

/** Each id once. Throws a 413 for too many. */
function distinct(ids: readonly number[]): readonly number[] {
  if (ids.length > MOST_IDS) throw new Problem('body-too-large', `${ids.length} ids: expected at most ${MOST_IDS}`);
  return [...new Set(ids)];
}

const bulk = <S extends string>({ knex, tell }: IncidentsDeps, { label, path, statuses, change }: Many<S>): Endpoint =>
  endpoint({
    ...{ method: 'post', path: `${path}bulk-update-status/`, tags: ['incidents'], scope: 'write' },
    summary: `Give several ${label} a status: all of them or, should it fail, none`,
    request: { body: z.strictObject({ ids: z.array(reference).min(1), status: z.enum(statuses) }) },
    responses: {
      200: { description: 'How many there are of them, and which there are not', schema: answer },
      404: { description: 'There is none of them' },
      413: { description: `More than ${MOST_IDS} ids` },
    },
    handler: async ({ body }, context) => {
      const ids = distinct(body.ids);
      const { status } = body;
      const known = new Set(await transact(knex, (trx) => change(trx, ids, status, whoOf(context))));
      const not_found = ids.filter((id) => !known.has(id));
      if (known.size === 0)
        throw new Problem('not-found', `there is none of these ${label}`, { members: { not_found } });
      tell();
      const missing = not_found.length === 0 ? '' : `; not found: ${not_found.join(', ')}`;
      const message = `updated the status of ${known.size} ${label} to ${status}${missing}`;
      return { body: { success: true, updated_count: known.size, not_found, message } };
    },
  });

/** What the plugin's users do to many records at once, here with PagerDuty told of each. */
export const createBulkStatusRoutes = (deps: IncidentsDeps): Endpoint[] => [
  bulk(deps, {
    ...{ label: 'events', path: EVENTS_PATH, statuses: EVENT_STATUSES },
    change: (trx, ids, status, who) => changeEvents(trx, ids, status, deps.incidents.join, who),
  }),
  bulk(deps, { label: 'incidents', path: INCIDENTS_PATH, statuses: INCIDENT_STATUSES, change: changeIncidents }),
];
