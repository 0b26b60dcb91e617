import {
  condition,
  continueAsNew,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { stateIs } from '../shared/job';
import type { DeviceOutcome, NetboxActivities } from './activities';
import { addHint } from './hints';
import { hintSignal, type DeviceDurations, type DeviceHint, type NetboxDeviceInput } from './messages';
import { waitFor } from './patience';
import { UPSTREAM } from './policies';

const { convergeDevice } = proxyActivities<NetboxActivities>(UPSTREAM);

/** NetBox sends the webhooks of one request one after the other, three to ten a second (measured on 4.6). */
const SETTLE_SECONDS = 2;
const SETTLE_AT_MOST_SECONDS = 10;

/** What is heard of a device while its workflow runs. */
class Hints {
  #hints: readonly DeviceHint[];
  #heard = 0;

  constructor(hints: readonly DeviceHint[] = []) {
    this.#hints = hints;
    setHandler(hintSignal, (hint) => {
      this.#hints = addHint(this.#hints, hint);
      this.#heard++;
    });
  }

  get some(): boolean {
    return this.#hints.length > 0;
  }

  take(): readonly DeviceHint[] {
    const hints = this.#hints;
    this.#hints = [];
    return hints;
  }

  /** Waits until a burst is over. */
  async settle({ settle_seconds = SETTLE_SECONDS, settle_at_most_seconds = SETTLE_AT_MOST_SECONDS }: DeviceDurations) {
    const deadline = Date.now() + settle_at_most_seconds * 1000;
    for (let heard = -1; heard !== this.#heard && Date.now() < deadline;) {
      heard = this.#heard;
      const seconds = Math.min(settle_seconds, (deadline - Date.now()) / 1000);
      await condition(() => this.#heard !== heard, seconds * 1000);
    }
  }
}

/** What a person sees of a workflow that waits. */
function show(state: string, details: string): void {
  upsertSearchAttributes([stateIs(state)]);
  setCurrentDetails(details);
}

/** Looks at the device, for as long as NetBox takes to answer; after all that was heard until then. */
async function look({ device_id, durations = {} }: NetboxDeviceInput, hints: Hints): Promise<DeviceOutcome> {
  let heard: readonly DeviceHint[] = [];
  for (let failures = 0; ; failures++) {
    heard = hints.take().reduce(addHint, heard);
    try {
      const outcome = await convergeDevice({ device_id, hints: heard });
      if (failures > 0) show('reading', '');
      return outcome;
    } catch (error) {
      const wait = waitFor(error, failures, durations.backoff_seconds);
      if (wait === undefined) throw error;
      show('waiting', `NetBox: ${wait.reason}`);
      await sleep(wait.seconds * 1000);
    }
  }
}

/** Sleeps until a time, or until something is heard: which of them ended it. */
async function sleepUntil(time: string, hints: Hints): Promise<'heard' | 'time'> {
  show('sleeping', `the router is looked at again at ${time}`);
  const heard = await condition(() => hints.some, Math.max(0, Date.parse(time) - Date.now()));
  show('reading', '');
  return heard ? 'heard' : 'time';
}

/**
 * One device. What is heard of it is a hint, and NetBox is the truth: it is read once a burst is over, and its router is
 * made what it should be. The workflow ends when there is nothing more to do; while a deleted router can be restored it
 * sleeps.
 */
export async function netboxDevice(input: NetboxDeviceInput): Promise<void> {
  const { device_id, durations = {} } = input;
  const hints = new Hints(input.hints);
  let check_at = input.check_at;
  // The hint that a workflow is started with may be heard a moment after it.
  let isNew = check_at === undefined;
  for (;;) {
    if (isNew || hints.some) {
      await hints.settle(durations);
    } else if (check_at === undefined) {
      return;
    } else if ((await sleepUntil(check_at, hints)) === 'heard') {
      continue;
    }
    isNew = false;
    const result = await look(input, hints);
    if (result.outcome !== 'known') check_at = result.check_at;
    if (workflowInfo().continueAsNewSuggested) {
      const rest = { hints: hints.take(), ...(check_at === undefined ? {} : { check_at }) };
      return continueAsNew<typeof netboxDevice>({ device_id, durations, ...rest });
    }
  }
}
