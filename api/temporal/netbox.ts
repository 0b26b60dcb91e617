import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Knex } from 'knex';
import type { Log } from '../../config/log';
import { passHintsOn } from '../../store/netbox/hints';
import {
  hintSignal,
  netboxDeviceWorkflowId,
  NETBOX_FOLLOW_WORKFLOW_ID,
  type DeviceDurations,
  type DeviceHint,
} from '../../workflows/netbox/messages';
import {
  followOptions,
  hintOptions,
  NETBOX_DEVICE_WORKFLOW,
  NETBOX_FOLLOW_WORKFLOW,
} from '../../workflows/netbox/start';
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

/** Tells the workflow of a device if it runs; whether it does. */
export async function hintRunning(
  temporal: Temporal,
  deviceId: number,
  hint: DeviceHint,
  deadlineMs: number,
): Promise<boolean> {
  const workflow = netboxDeviceWorkflowId(deviceId);
  try {
    await temporal.call((client) => client.workflow.getHandle(workflow).signal(hintSignal, hint), deadlineMs);
    return true;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

/** Kept hints are looked for so often: an outage of Temporal's is over when its operator says so. */
const EVERY_MS = 2_000;
/** Passed on at once, in one transaction. */
const AT_ONCE = 100;

interface ForwardDeps {
  readonly knex: Knex;
  readonly temporal: Temporal;
  readonly log: Log;
}

/** Tries each kept hint once; how many were taken. One that Temporal refuses holds up those of its device only. */
async function forwardOnce({ knex, temporal, log }: ForwardDeps, signal: AbortSignal): Promise<number> {
  const refused = new Set<number>();
  const pass = async (deviceId: number, hint: DeviceHint): Promise<boolean> => {
    if (refused.has(deviceId)) return false;
    try {
      await hintDevice(temporal, deviceId, hint);
      return true;
    } catch (error) {
      if (error instanceof TemporalUnavailableError) throw error;
      log.warn({ err: error, device_id: deviceId }, 'a kept hint could not be passed on yet');
      refused.add(deviceId);
      return false;
    }
  };
  let all = 0;
  for (let after = 0; !signal.aborted;) {
    const { passed, last } = await passHintsOn(knex, { after, most: AT_ONCE }, pass);
    all += passed;
    if (last === undefined) break;
    after = last;
  }
  return all;
}

/** Passes on the hints that were kept while Temporal was away, until it is told to stop. */
export async function forwardHints(deps: ForwardDeps, signal: AbortSignal): Promise<void> {
  const { log } = deps;
  while (!signal.aborted) {
    try {
      const passed = await forwardOnce(deps, signal);
      if (passed > 0) log.info({ hints: passed }, 'hints that Temporal could not take were passed on');
    } catch (error) {
      if (!(error instanceof TemporalUnavailableError))
        log.warn({ err: error }, 'kept hints could not be passed on yet');
    }
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Starts following NetBox's change log, or ends it, as the settings say. */
export async function ensureFollowing(temporal: Temporal, follow: boolean): Promise<void> {
  await temporal.call(async (client) => {
    if (follow) await client.workflow.start(NETBOX_FOLLOW_WORKFLOW, followOptions());
    else
      await client.workflow
        .getHandle(NETBOX_FOLLOW_WORKFLOW_ID)
        .cancel()
        .catch((error: unknown) => {
          if (!(error instanceof WorkflowNotFoundError)) throw error;
        });
  });
}
