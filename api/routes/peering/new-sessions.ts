import type { Knex } from 'knex';
import { z } from 'zod';
import { createSessions } from '../../../store/peering/new-sessions';
import { requireCache } from '../../../store/peeringdb/snapshot';
import { endpoint, type Endpoint } from '../../http/endpoint';
import { peeringdbId, reference } from '../../http/schemas';
import { invalidRequest } from '../../problem';

const body = z.strictObject({
  netixlan_ids: z.array(peeringdbId).min(1).max(1000),
  connection_ids: z.array(reference).min(1).max(1000).optional(),
  dry_run: z.boolean().default(false),
});

const session = z.object({
  netixlan_id: z.int(),
  connection: z.int(),
  family: z.union([z.literal(4), z.literal(6)]),
  ip_address: z.string(),
  autonomous_system: z.int().nullable(),
  session: z.int().nullable(),
});
const resultSchema = z
  .object({
    created: z.array(session),
    existing: z.array(session),
    skipped: z.array(z.object({ netixlan_id: z.int(), reason: z.string() })),
  })
  .meta({ id: 'SessionsFromPeeringdb' });

async function requireConnections(knex: Knex, ids: readonly number[] | undefined): Promise<void> {
  if (ids === undefined) return;
  const known = await knex('net_connection').whereIn('id', ids).pluck<number[]>('id');
  const unknown = ids.filter((id) => !known.includes(id));
  if (unknown.length > 0) throw invalidRequest({ connection_ids: [`there is no connection ${unknown.join(', ')}`] });
}

/** Sessions made of chosen ports, so that nobody retypes an address. */
export const createNewSessionsRoutes = ({ knex }: { readonly knex: Knex }): Endpoint[] => [
  endpoint({
    ...{ method: 'post', path: '/api/peering/internet-exchange-peering-sessions/from-peeringdb/' },
    ...{ tags: ['peering'], scope: 'write', creates: true },
    summary: 'Make the sessions with chosen ports: one for each of our connections and each family that both have',
    request: { body },
    responses: { 200: { description: 'What was made, what was there, and what was left out', schema: resultSchema } },
    handler: async ({ body: { netixlan_ids, connection_ids, dry_run } }, { now }) => {
      await requireCache(knex);
      await requireConnections(knex, connection_ids);
      const wanted = { netixlanIds: netixlan_ids, connectionIds: connection_ids, dryRun: dry_run, now };
      return { body: await knex.transaction((trx) => createSessions(trx, wanted)) };
    },
  }),
];
