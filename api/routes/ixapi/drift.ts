import type { Knex } from 'knex';
import { DRIFT } from '../../../store/ixapi/drift/lists';
import type { Endpoint } from '../../http/endpoint';
import { rowSchema } from '../../http/list';
import { listEndpoint } from '../../http/read-list';

const schema = rowSchema(DRIFT, 'Drift');

/** Where an exchange, PeeringDB, NetBox and our own records differ. */
export const createDriftRoutes = ({ knex }: { readonly knex: Knex }): Endpoint[] => [
  listEndpoint(knex, {
    ...{ path: '/api/extras/drift/', tags: ['ix-api'], source: DRIFT, schema },
    summary: 'List: where IX-API, PeeringDB, NetBox and our connections differ, the worst first; ages in seconds',
  }),
];
