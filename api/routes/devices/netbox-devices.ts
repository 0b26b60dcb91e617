import { NETBOX_DEVICES } from '../../../store/devices/lists';
import type { Endpoint } from '../../http/endpoint';
import { rowSchema } from '../../http/list';
import { listEndpoint } from '../../http/read-list';
import { requireNetbox, type DevicesDeps } from './deps';

/** The devices among which a router's is chosen. */
export function createNetboxDeviceRoutes({ knex, netbox }: DevicesDeps): Endpoint[] {
  const list = listEndpoint(knex, {
    ...{ path: '/api/devices/netbox-devices/', tags: ['devices'], source: NETBOX_DEVICES },
    summary: "List: NetBox's devices in scope, each as it was read at read_at, with the router that is linked to it",
    schema: rowSchema(NETBOX_DEVICES, 'NetboxDevice'),
  });
  return [
    {
      ...list,
      responses: { ...list.responses, 503: { description: 'The link to NetBox is off' } },
      handler: (input, context) => {
        requireNetbox(netbox);
        return list.handler(input, context);
      },
    },
  ];
}
