import type { Knex } from 'knex';
import { z } from 'zod';
import { linkRouter, restoreRouter, unlinkRouter } from '../../../store/devices/links';
import { ROUTERS } from '../../../store/devices/lists';
import { findRecord } from '../../../store/query/list';
import { endpoint, type Answer, type Endpoint } from '../../http/endpoint';
import { rowSchema } from '../../http/list';
import { explained, writerOf } from '../../http/records';
import { idParams, reference } from '../../http/schemas';
import { notFound } from '../../problem';
import { requireNetbox, type DevicesDeps } from './deps';
import { lookAgain } from './tell-device';

const common = { method: 'post', tags: ['devices'], scope: 'write' } as const;

/** What is answered when a router was changed. */
export const routerAfterwards = {
  200: { description: 'The router afterwards', schema: rowSchema(ROUTERS, 'Router') },
} as const;

/** The router afterwards. Throws a 404. */
export async function answerRouter(knex: Knex, id: number): Promise<Answer> {
  const router = await findRecord(knex, ROUTERS, id);
  if (!router) throw notFound('router', id);
  return { body: router };
}

const linkEndpoint = (deps: DevicesDeps): Endpoint =>
  endpoint({
    ...{ ...common, path: '/api/devices/routers/{id}/link/' },
    summary: "Link a router to a device of NetBox's; it stays as it is until something is heard of the device",
    request: { params: idParams, body: z.strictObject({ netbox_device_id: reference }) },
    responses: {
      ...routerAfterwards,
      409: { description: 'The router is linked to another device, or the device to another router' },
      503: { description: 'The link to NetBox is off' },
    },
    handler: async ({ params: { id }, body: { netbox_device_id } }, context) => {
      requireNetbox(deps.netbox);
      const writer = writerOf(context);
      const work = deps.knex.transaction((trx) => linkRouter(trx, id, netbox_device_id, writer));
      await lookAgain(deps, (await explained(work)) ?? [], writer);
      return answerRouter(deps.knex, id);
    },
  });

const UNDOINGS = [
  {
    ...{ name: 'unlink', undo: unlinkRouter, conflicts: {} },
    summary: 'Unlink a router from its device: it stays here as it is, and is local',
  },
  {
    ...{ name: 'restore', undo: restoreRouter, conflicts: { 409: { description: 'Its device is not gone' } } },
    summary: 'Restore a router whose device was deleted or is not visible: it is local and has the status it had',
  },
] as const;

/** How people link routers and devices, and part them. */
export const createLinkRoutes = (deps: DevicesDeps): Endpoint[] => [
  linkEndpoint(deps),
  ...UNDOINGS.map(({ name, undo, conflicts, summary }) =>
    endpoint({
      ...{ ...common, path: `/api/devices/routers/{id}/${name}/`, summary },
      request: { params: idParams, body: z.strictObject({}) },
      responses: { ...routerAfterwards, ...conflicts },
      handler: async ({ params: { id } }, context) => {
        await explained(deps.knex.transaction((trx) => undo(trx, id, writerOf(context))));
        return answerRouter(deps.knex, id);
      },
    }),
  ),
];
