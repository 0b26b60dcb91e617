import { Context } from '@temporalio/activity';
import { routersOfDevices, type RouterState } from '../../store/devices/routers';
import type { Cause } from '../../store/netbox/audit';
import { converge } from '../../store/netbox/converge';
import { confirmHolds, dropHolds, heldBack } from '../../store/netbox/guard';
import { drawReading } from '../../store/netbox/readings';
import { areHandled, markHandled } from '../../store/netbox/requests';
import type { DeviceOutcome, NetboxActivities } from '../../workflows/netbox/activities';
import type { DeviceHint } from '../../workflows/netbox/messages';
import { whileHeartbeating } from '../shared/heartbeat';
import type { NetboxClient } from './client';
import type { NetboxDeps } from './deps';
import { forbidden } from './errors';
import { lookAt } from './look';
import { createReconcileActivities } from './reconcile';

/** The requests of NetBox's that hints name. */
const heardOf = (hints: readonly DeviceHint[]): { request_id: string; byWebhook: boolean }[] =>
  hints.flatMap(({ request_id, layer }) =>
    request_id === undefined ? [] : [{ request_id, byWebhook: layer === 'webhook' }],
  );

/** What a change is put down to: the newest webhook, since others only repeat what one has told. */
const causeOf = (hints: readonly DeviceHint[]): Cause =>
  hints.findLast(({ layer }) => layer === 'webhook') ?? hints.at(-1) ?? { layer: 'reconciliation' };

/** States in which a router waits for something, so that its device is looked at whatever is known. */
const WAITING: readonly RouterState[] = ['deleted', 'deleted_in_netbox', 'not_visible'];

/** Whether a device was compared after all of these hints, and its router waits for nothing. */
async function isKnown({ knex }: NetboxDeps, device_id: number, hints: readonly DeviceHint[]): Promise<boolean> {
  const ids = heardOf(hints).map(({ request_id }) => request_id);
  if (ids.length === 0 || ids.length < hints.length || !(await areHandled(knex, device_id, ids))) return false;
  const [router] = await routersOfDevices(knex, [device_id]);
  return router === undefined || !WAITING.includes(router.state);
}

/** The client, without which nothing can be asked. */
function clientOf({ client }: NetboxDeps): NetboxClient {
  if (client === undefined) throw forbidden('NETBOX_API and NETBOX_API_TOKEN are not both set');
  return client;
}

/** The activities of the NetBox workflows. */
export function createNetboxActivities(deps: NetboxDeps): NetboxActivities {
  return { ...createReconcileActivities(deps, () => clientOf(deps)), ...createDeviceActivities(deps) };
}

async function convergeDevice(
  deps: NetboxDeps,
  { device_id, hints }: { readonly device_id: number; readonly hints: readonly DeviceHint[] },
): Promise<DeviceOutcome> {
  const { knex, workflows, policy, clock, log } = deps;
  const client = clientOf(deps);
  const heard = heardOf(hints);
  if (await isKnown(deps, device_id, hints)) {
    await markHandled(knex, device_id, heard, clock());
    return { outcome: 'known' };
  }
  const reading = await drawReading(knex);
  const finding = await lookAt(deps, client, device_id, Context.current().cancellationSignal);
  const cause = causeOf(hints);
  const converged = await converge(knex, { deviceId: device_id, finding, reading, cause }, policy, clock());
  log.debug({ device_id, found: finding.found, outcome: converged.outcome }, 'device compared');
  if (converged.outcome === 'held') await workflows.startGuard();
  await markHandled(knex, device_id, heard, clock());
  return converged;
}

function createDeviceActivities(
  deps: NetboxDeps,
): Pick<NetboxActivities, 'convergeDevice' | 'countHolds' | 'confirmHolds' | 'dropHolds'> {
  const { knex, workflows, clock } = deps;
  return {
    convergeDevice: (input) => whileHeartbeating(convergeDevice(deps, input)),

    countHolds: async () => ({ held: await heldBack(knex) }),

    async confirmHolds() {
      const devices = await confirmHolds(knex, clock());
      for (const { netbox_device_id, layer } of devices) await workflows.hint(netbox_device_id, { layer });
      return { confirmed: devices.length };
    },

    dropHolds: () => dropHolds(knex),
  };
}
