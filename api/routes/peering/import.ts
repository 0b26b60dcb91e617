import type { Knex } from 'knex';
import { z } from 'zod';
import { importPorts, portsToImport } from '../../../store/peering/import';
import { requireCache } from '../../../store/peeringdb/snapshot';
import { endpoint, type Endpoint, type ParameterDoc } from '../../http/endpoint';
import { listParameters, rowSchema } from '../../http/list';
import { localAs } from '../../http/local-as';
import { oneAsnOf, takeParameters } from '../../http/own-parameters';
import { answerQuestion } from '../../http/question';
import { asn, peeringdbId } from '../../http/schemas';
import { pageOf } from '../../openapi';

const PATH = '/api/peering/internet-exchanges/peeringdb-import/';
const ASN: ParameterDoc = { name: 'asn', description: 'one of our own', schema: { type: ['integer', 'string'] } };
const example = portsToImport({ id: 1, asn: 64496 });

const body = z.strictObject({
  asn,
  netixlan_ids: z.array(peeringdbId).max(1000).optional(),
  dry_run: z.boolean().default(false),
});

const port = z.object({
  netixlan_id: z.int(),
  internet_exchange: z.int().nullable(),
  connection: z.int().nullable(),
});
const resultSchema = z
  .object({
    created: z.array(port),
    existing: z.array(port),
    skipped: z.array(z.object({ netixlan_id: z.int(), reason: z.string() })),
  })
  .meta({ id: 'PeeringdbImport' });

/** Our own ports as PeeringDB knows them, and connections made of them. */
export const createImportRoutes = ({ knex }: { readonly knex: Knex }): Endpoint[] => [
  endpoint({
    ...{ method: 'get', path: PATH, tags: ['peering'], scope: 'read' },
    summary: 'Ports that PeeringDB knows of an own ASN and that are no connections here',
    listParameters: [ASN, ...listParameters(example)],
    responses: { 200: { description: 'A page, from one snapshot', schema: pageOf(rowSchema(example, 'OwnPort')) } },
    handler: (_input, context) => {
      const { taken, left } = takeParameters(context.query, ['asn']);
      const own = oneAsnOf('asn', taken.get('asn') ?? []);
      return answerQuestion(knex, context, left, async (trx) => portsToImport(await localAs(trx, own, 'asn')));
    },
  }),
  endpoint({
    ...{ method: 'post', path: PATH, tags: ['peering'], scope: 'write', creates: true },
    summary: 'Make exchanges and connections of ports that PeeringDB knows of an own ASN',
    request: { body },
    responses: { 200: { description: 'What was made, what was there, and what was left out', schema: resultSchema } },
    handler: async ({ body: { asn: own, netixlan_ids, dry_run } }, { now }) => {
      // Says that the cache is empty, rather than that there is nothing to import.
      await requireCache(knex);
      return {
        body: await knex.transaction(async (trx) =>
          importPorts(trx, await localAs(trx, own, 'asn'), { ids: netixlan_ids, dryRun: dry_run, now }),
        ),
      };
    },
  }),
];
