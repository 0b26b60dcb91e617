import { keepHint } from '../../../store/netbox/hints';
import type { Writer } from '../../../store/records';
import type { DeviceHint } from '../../../workflows/netbox/messages';
import { hintDevice, hintRunning } from '../../temporal/netbox';
import type { DevicesDeps } from './deps';

/** Makes a hint durable: in Temporal, or in PostgreSQL while Temporal is away or refuses it. */
export async function tellDevice(
  { knex, temporal, netbox: { durations } }: DevicesDeps,
  deviceId: number,
  hint: DeviceHint,
  now: Date,
  deadlineMs?: number,
): Promise<void> {
  try {
    await hintDevice(temporal, deviceId, hint, { durations, ...(deadlineMs === undefined ? {} : { deadlineMs }) });
  } catch {
    await keepHint(knex, deviceId, hint, now);
  }
}

/** Tells the workflow of a device if it runs; whether it does. While Temporal is away nobody can tell: it is not told. */
export const tellRunning = (
  { temporal }: DevicesDeps,
  deviceId: number,
  hint: DeviceHint,
  deadlineMs: number,
): Promise<boolean> => hintRunning(temporal, deviceId, hint, deadlineMs).catch(() => false);

/** Lets devices be looked at for a person. */
export async function lookAgain(
  deps: DevicesDeps,
  devices: readonly number[],
  { username, now }: Writer,
): Promise<void> {
  for (const device of devices) await tellDevice(deps, device, { layer: 'person', username }, now);
}
