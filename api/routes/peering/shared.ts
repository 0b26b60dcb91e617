import type { Knex } from 'knex';
import { sharedFacilities, sharedIxps } from '../../../store/peering/shared';
import { unknownAsns } from '../../../store/peeringdb/asns';
import type { ListSource } from '../../../store/query/columns';
import { endpoint, type Endpoint } from '../../http/endpoint';
import { listParameters, rowSchema } from '../../http/list';
import { ASNS_PARAMETER, asnsOf, takeParameters } from '../../http/own-parameters';
import { answerQuestion } from '../../http/question';
import { pageOf } from '../../openapi';
import { Problem } from '../../problem';

interface Common {
  readonly path: string;
  readonly summary: string;
  readonly schemaId: string;
  readonly source: (asns: readonly number[]) => ListSource;
}

const EXAMPLE_ASNS = [64496, 64497];

/** What networks have in common: exchanges with all their ports, and facilities. */
const COMMON: readonly Common[] = [
  {
    path: '/api/peeringdb/networks/shared-ixps/',
    summary: 'The exchanges at which all of some networks are, with their ports',
    schemaId: 'SharedIxp',
    source: sharedIxps,
  },
  {
    path: '/api/peeringdb/networks/shared-facilities/',
    summary: 'The facilities at which all of some networks are',
    schemaId: 'SharedFacility',
    source: sharedFacilities,
  },
];

/** Questions about any networks in the cache. */
export const createSharedRoutes = ({ knex }: { readonly knex: Knex }): Endpoint[] =>
  COMMON.map(({ path, summary, schemaId, source }) =>
    endpoint({
      ...{ method: 'get', path, summary, tags: ['peeringdb'], scope: 'read' },
      listParameters: [ASNS_PARAMETER, ...listParameters(source(EXAMPLE_ASNS))],
      responses: {
        200: { description: 'A page, from one snapshot', schema: pageOf(rowSchema(source(EXAMPLE_ASNS), schemaId)) },
        404: { description: 'No network has one of the ASNs' },
      },
      handler: (_input, context) => {
        const { taken, left } = takeParameters(context.query, ['asn']);
        const asns = asnsOf(taken.get('asn') ?? []);
        return answerQuestion(knex, context, left, async (trx) => {
          const unknown = await unknownAsns(trx, asns);
          if (unknown.length > 0)
            throw new Problem('not-found', `PeeringDB has no network with ASN ${unknown.join(', ')}`);
          return source(asns);
        });
      },
    }),
  );
