import { z } from 'zod';
import { ADOPTIONS } from '../../../store/devices/lists';
import { acceptAdoption, rejectAdoption } from '../../../store/devices/proposals';
import { findRecord } from '../../../store/query/list';
import { endpoint, type Endpoint } from '../../http/endpoint';
import { rowSchema } from '../../http/list';
import { listEndpoint } from '../../http/read-list';
import { explained, writerOf } from '../../http/records';
import { idParams } from '../../http/schemas';
import { notFound } from '../../problem';
import { requireNetbox, type DevicesDeps } from './deps';
import { answerRouter, routerAfterwards } from './links';
import { lookAgain } from './tell-device';

const PATH = '/api/devices/adoptions/';
const schema = rowSchema(ADOPTIONS, 'Adoption');
const off = { 503: { description: 'The link to NetBox is off' } };
const common = { method: 'post', tags: ['devices'], scope: 'write' } as const;

/** Routers that were here before and look like devices: whether they are is for people to say. */
export const createAdoptionRoutes = (deps: DevicesDeps): Endpoint[] => [
  listEndpoint(deps.knex, {
    ...{ path: PATH, tags: ['devices'], source: ADOPTIONS, schema },
    summary: "List: routers that may be devices of NetBox's",
  }),
  endpoint({
    ...{ ...common, path: `${PATH}{id}/accept/` },
    summary: 'Say that a router is the device: it is linked, and follows the device',
    request: { params: idParams, body: z.strictObject({}) },
    responses: { ...routerAfterwards, 409: { description: 'One of them has become linked to another' }, ...off },
    handler: async ({ params: { id } }, context) => {
      requireNetbox(deps.netbox);
      const writer = writerOf(context);
      const accepted = await explained(deps.knex.transaction((trx) => acceptAdoption(trx, id, writer)));
      if (!accepted) throw notFound('adoption', id);
      await lookAgain(deps, accepted.devices, writer);
      return answerRouter(deps.knex, accepted.router);
    },
  }),
  endpoint({
    ...{ ...common, path: `${PATH}{id}/reject/` },
    summary: 'Say that a router is not the device, which gets a router of its own',
    request: { params: idParams, body: z.strictObject({}) },
    responses: { 200: { description: 'The proposal afterwards', schema }, ...off },
    handler: async ({ params: { id } }, context) => {
      requireNetbox(deps.netbox);
      const device = await rejectAdoption(deps.knex, id);
      if (device === undefined) throw notFound('adoption', id);
      const body = await findRecord(deps.knex, ADOPTIONS, id);
      await lookAgain(deps, [device], writerOf(context));
      return { body };
    },
  }),
];
