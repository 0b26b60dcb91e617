import { keepHint } from '../../../store/netbox/hints';
import type { Writer } from '../../../store/records';
import type { DeviceHint } from '../../../workflows/netbox/messages';
import { hintDevice } from '../../temporal/netbox';
import type { DevicesDeps } from './deps';

/** Lets devices be looked at for a person; while Temporal is away, or refuses, it is kept that they have to be. */
export async function lookAgain(
  { knex, temporal, netbox: { durations } }: DevicesDeps,
  devices: readonly number[],
  { username, now }: Writer,
): Promise<void> {
  const hint: DeviceHint = { layer: 'person', username };
  for (const device of devices) {
    try {
      await hintDevice(temporal, device, hint, { durations });
    } catch {
      await keepHint(knex, device, hint, now);
    }
  }
}
