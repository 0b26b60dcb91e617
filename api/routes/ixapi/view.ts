import { z } from 'zod';
import { readShown } from '../../../store/ixapi/show/read';
import { endpoint, type Endpoint } from '../../http/endpoint';
import { flag, idParams } from '../../http/schemas';
import { EXCHANGE_IX_API, type IxapiDeps } from './deps';
import { requireLinked } from './linked';
import { shownSchema } from './view-schema';

/** What an exchange has for us, as its IX-API showed it when it was last read. */
export const createViewRoutes = ({ knex }: Pick<IxapiDeps, 'knex'>): Endpoint[] => [
  endpoint({
    ...{ method: 'get', path: EXCHANGE_IX_API, tags: ['ix-api'], scope: 'read' },
    summary: 'What an exchange showed through IX-API when it was last read, beside our connections',
    request: {
      params: idParams,
      query: z.object({
        importable: flag.optional().meta({ description: 'what an import would do with each config as well' }),
      }),
    },
    responses: {
      200: { description: 'What is known, with its age; empty lists before the first reading', schema: shownSchema },
      404: { description: 'There is no such internet exchange' },
      409: { description: 'The internet exchange is not linked to IX-API' },
    },
    handler: async ({ params: { id }, query: { importable = false } }, { now }) => ({
      body: await readShown(knex, (trx) => requireLinked(trx, id), { now, importable }),
    }),
  }),
];
