import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { Log } from '../../config/log';
import { passHintsOn } from '../../store/netbox/hints';
import type { DeviceDurations, DeviceHint } from '../../workflows/netbox/messages';
import { hintOptions, NETBOX_DEVICE_WORKFLOW } from '../../workflows/netbox/start';
import { TemporalUnavailableError, type Temporal } from './client';

/** Tells the workflow of a device, and starts it if it does not run. */
export async function hintDevice(
  temporal: Temporal,
  deviceId: number,
  hint: DeviceHint,
  { deadlineMs, durations }: { readonly deadlineMs?: number; readonly durations?: DeviceDurations | undefined } = {},
): Promise<void> {
  await temporal.call(
    (client) => client.workflow.signalWithStart(NETBOX_DEVICE_WORKFLOW, hintOptions(deviceId, hint, durations)),
    deadlineMs,
  );
}

/** Kept hints are looked for so often: an outage of Temporal's is over when its operator says so. */
const EVERY_MS = 2_000;
/** Passed on at once, in one transaction. */
const AT_ONCE = 100;

/** Passes on the hints that were kept while Temporal was away, until it is told to stop. */
export async function forwardHints(
  { knex, temporal, log }: { readonly knex: Knex; readonly temporal: Temporal; readonly log: Log },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const passed = await passHintsOn(knex, AT_ONCE, (deviceId, hint) => hintDevice(temporal, deviceId, hint));
      if (passed > 0) log.info({ hints: passed }, 'hints that Temporal could not take were passed on');
      if (passed === AT_ONCE) continue;
    } catch (error) {
      if (!(error instanceof TemporalUnavailableError))
        log.warn({ err: error }, 'kept hints could not be passed on yet');
    }
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}
