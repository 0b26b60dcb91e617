import type { Knex } from 'knex';
import { availablePeers } from '../../../store/peering/available-peers';
import { INTERNET_EXCHANGES } from '../../../store/peering/lists';
import { findRecord } from '../../../store/query/list';
import { endpoint, type Context, type Endpoint, type ParameterDoc } from '../../http/endpoint';
import { listParameters, rowSchema } from '../../http/list';
import { flagOf, takeParameters } from '../../http/own-parameters';
import { answerQuestion } from '../../http/question';
import { idParams } from '../../http/schemas';
import { pageOf } from '../../openapi';
import { invalidRequest, notFound } from '../../problem';

const OWN_PARAMETERS: readonly ParameterDoc[] = [
  { name: 'min_speed', description: 'at least so many Mbit/s', schema: { type: 'integer' } },
  {
    name: 'route_servers',
    description:
      'route servers and route collectors too; a filter of info_type or info_types that names them is enough',
    schema: { type: 'boolean', default: false },
  },
];
const SERVER = /^route (server|collector)$/i;

const everything = availablePeers({ notOperational: true, routeServers: true });

/** What is asked for: servers by naming them, ports that are not operational by any filter of `operational`. */
function questionOf({ query }: Context): {
  source: (exchange?: number) => ReturnType<typeof availablePeers>;
  left: URLSearchParams;
} {
  const { taken, left } = takeParameters(query, ['min_speed', 'route_servers']);
  const minSpeed = taken.get('min_speed') ?? [];
  if (minSpeed.length > 1) throw invalidRequest({ min_speed: [`given ${minSpeed.length} times: expected once`] });
  if (minSpeed[0] !== undefined) {
    if (!/^\d{1,10}$/.test(minSpeed[0])) throw invalidRequest({ min_speed: ['expected a whole number of Mbit/s'] });
    left.append('speed__gte', minSpeed[0]);
  }
  const named = [...left].some(([name, value]) => /^info_types?$/.test(name) && SERVER.test(value.trim()));
  const routeServers = named || flagOf('route_servers', taken.get('route_servers') ?? []);
  const notOperational = [...left.keys()].some((name) => name.split('__')[0] === 'operational');
  return {
    source: (exchange) =>
      availablePeers({ ...(exchange === undefined ? {} : { exchange }), notOperational, routeServers }),
    left,
  };
}

const common = {
  tags: ['peering'],
  scope: 'read',
  listParameters: [...OWN_PARAMETERS, ...listParameters(everything)],
  responses: {
    200: { description: 'A page, from one snapshot', schema: pageOf(rowSchema(everything, 'AvailablePeer')) },
  },
} as const;

/** Who could be peered with. */
export const createAvailablePeersRoutes = ({ knex }: { readonly knex: Knex }): Endpoint[] => [
  endpoint({
    ...{ ...common, method: 'get', path: '/api/peering/available-peers/' },
    summary: 'Potential peers at all our exchanges: a row for each port, with the sessions that are missing',
    handler: (_input, context) => {
      const { source, left } = questionOf(context);
      return answerQuestion(knex, context, left, () => source());
    },
  }),
  endpoint({
    ...{ ...common, method: 'get', path: '/api/peering/internet-exchanges/{id}/available-peers/' },
    summary: 'Potential peers at one of our exchanges',
    request: { params: idParams },
    handler: ({ params: { id } }, context) => {
      const { source, left } = questionOf(context);
      return answerQuestion(knex, context, left, async (trx) => {
        if (!(await findRecord(trx, INTERNET_EXCHANGES, id))) throw notFound('internet exchange', id);
        return source(id);
      });
    },
  }),
];
