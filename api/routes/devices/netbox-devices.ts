import { NETBOX_DEVICES } from '../../../store/devices/lists';
import { parseListRequest } from '../../../store/query/request';
import { requireScope } from '../../http/auth';
import type { Endpoint, ParameterDoc } from '../../http/endpoint';
import { rowSchema } from '../../http/list';
import { flagOf, takeParameters } from '../../http/own-parameters';
import { listEndpoint } from '../../http/read-list';
import { requireNetbox, type DevicesDeps } from './deps';
import { listedAt, refreshDevices } from './refresh';

const REFRESH: ParameterDoc = {
  name: 'refresh',
  description:
    'have NetBox read anew before, for 20 s at most, with a token of scope write; what was read last is listed all the same when that fails. X-NetBox-Listed says when the last whole listing began',
  schema: { type: 'boolean', default: false },
};

/** The devices among which a router's is chosen. */
export function createNetboxDeviceRoutes(deps: DevicesDeps): Endpoint[] {
  const list = listEndpoint(deps.knex, {
    ...{ path: '/api/devices/netbox-devices/', tags: ['devices'], source: NETBOX_DEVICES },
    summary: "List: NetBox's devices in scope, each as it was read at read_at, with the router that is linked to it",
    schema: rowSchema(NETBOX_DEVICES, 'NetboxDevice'),
  });
  return [
    {
      ...list,
      listParameters: [...(list.listParameters ?? []), REFRESH],
      responses: { ...list.responses, 503: { description: 'The link to NetBox is off' } },
      handler: async (input, context) => {
        requireNetbox(deps.netbox);
        const { taken, left } = takeParameters(context.query, [REFRESH.name]);
        if (flagOf(REFRESH.name, taken.get(REFRESH.name) ?? [])) {
          if (context.actor !== undefined) requireScope(context.actor, 'write');
          // Whoever asks for what there is not need not wait to hear of it.
          parseListRequest(NETBOX_DEVICES, left);
          await refreshDevices(deps, context);
        }
        const answer = await list.handler(input, { ...context, query: left });
        return { ...answer, headers: { ...answer.headers, ...(await listedAt(deps)) } };
      },
    },
  ];
}
