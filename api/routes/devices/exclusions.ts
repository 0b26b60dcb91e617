import { z } from 'zod';
import { EXCLUSIONS } from '../../../store/devices/lists';
import { endExclusion } from '../../../store/devices/removal';
import { endpoint, type Endpoint } from '../../http/endpoint';
import { rowSchema } from '../../http/list';
import { listEndpoint } from '../../http/read-list';
import { writerOf } from '../../http/records';
import { notFound } from '../../problem';
import type { DevicesDeps } from './deps';
import { lookAgain } from './tell-device';

const PATH = '/api/devices/exclusions/';

/** NetBox's ids are larger than ours may be. */
const params = z.object({
  netbox_device_id: z
    .string()
    .regex(/^\d{1,16}$/)
    .transform(Number)
    .refine(Number.isSafeInteger)
    .meta({ type: 'integer' }),
});

/** Devices that get no router, since theirs was deleted here. */
export const createExclusionRoutes = (deps: DevicesDeps): Endpoint[] => [
  listEndpoint(deps.knex, {
    ...{ path: PATH, tags: ['devices'], source: EXCLUSIONS, schema: rowSchema(EXCLUSIONS, 'Exclusion') },
    summary: "List: devices of NetBox's that get no router, since theirs was deleted here",
  }),
  endpoint({
    ...{ method: 'delete', path: `${PATH}{netbox_device_id}/`, tags: ['devices'], scope: 'write' },
    summary: 'Let a device have a router again: it is looked at, unless the link to NetBox is off',
    request: { params },
    responses: { 204: { description: 'It is excluded no more' } },
    handler: async ({ params: { netbox_device_id } }, context) => {
      if (!(await endExclusion(deps.knex, netbox_device_id))) throw notFound('exclusion', netbox_device_id);
      if (deps.netbox.missing.length === 0) await lookAgain(deps, [netbox_device_id], writerOf(context));
      return { status: 204 };
    },
  }),
];
