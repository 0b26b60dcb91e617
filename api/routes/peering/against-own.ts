import type { Knex } from 'knex';
import { availablePeers } from '../../../store/peering/available-peers';
import { AUTONOMOUS_SYSTEMS } from '../../../store/peering/lists';
import { sharedFacilities, sharedIxps, sharedWithOwn } from '../../../store/peering/shared';
import type { ListSource } from '../../../store/query/columns';
import { findRecord } from '../../../store/query/list';
import { endpoint, type Endpoint } from '../../http/endpoint';
import { listParameters, rowSchema } from '../../http/list';
import { LOCAL_ASN_PARAMETER, localAs, localAses } from '../../http/local-as';
import { oneAsnOf, takeParameters } from '../../http/own-parameters';
import { answerQuestion } from '../../http/question';
import { idParams } from '../../http/schemas';
import { pageOf } from '../../openapi';
import { notFound } from '../../problem';

type Own = readonly { readonly id: number; readonly asn: number }[];

/** A question about one network and our own autonomous systems, each of which a row names as `local_asn`. */
interface Question {
  readonly name: string;
  readonly summary: string;
  readonly schemaId: string;
  readonly source: (asn: number, own: Own) => ListSource;
}

const QUESTIONS: readonly Question[] = [
  {
    name: 'shared-ixps',
    summary: 'The exchanges at which a network and our own are, with their ports',
    schemaId: 'SharedIxpWithOwn',
    source: (asn, own) => sharedWithOwn(sharedIxps, asn, own),
  },
  {
    name: 'shared-facilities',
    summary: 'The facilities at which a network and our own are',
    schemaId: 'SharedFacilityWithOwn',
    source: (asn, own) => sharedWithOwn(sharedFacilities, asn, own),
  },
  {
    name: 'missing-sessions',
    summary: 'The ports of a network with which sessions are missing, hidden ones and ones that are down too',
    schemaId: 'MissingSession',
    source: (asn, own) =>
      availablePeers({ asn, own: own.map(({ id }) => id), notOperational: true, routeServers: true, hidden: true }),
  },
];

const EXAMPLE: Own = [{ id: 1, asn: 64496 }];

/** What a network and our own autonomous systems have in common, and what they lack. */
export const createAgainstOwnRoutes = ({ knex }: { readonly knex: Knex }): Endpoint[] =>
  QUESTIONS.map(({ name, summary, schemaId, source }) => {
    const example = source(64500, EXAMPLE);
    return endpoint({
      ...{ method: 'get', path: `/api/peering/autonomous-systems/{id}/${name}/`, summary },
      ...{ tags: ['peering'], scope: 'read' },
      request: { params: idParams },
      listParameters: [LOCAL_ASN_PARAMETER, ...listParameters(example)],
      responses: {
        200: { description: 'A page, from one snapshot', schema: pageOf(rowSchema(example, schemaId)) },
        409: { description: 'None of our autonomous systems is affiliated' },
      },
      handler: ({ params: { id } }, context) => {
        const { taken, left } = takeParameters(context.query, ['local_asn']);
        const chosen = taken.get('local_asn') ?? [];
        const asn = chosen.length === 0 ? undefined : oneAsnOf('local_asn', chosen);
        return answerQuestion(knex, context, left, async (trx) => {
          const record = await findRecord(trx, AUTONOMOUS_SYSTEMS, id);
          if (!record) throw notFound('autonomous system', id);
          const own = asn === undefined ? await localAses(trx) : [await localAs(trx, asn)];
          return source(record['asn'] as number, own);
        });
      },
    });
  });
