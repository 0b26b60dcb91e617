import {
  continueAsNew,
  proxyActivities,
  setCurrentDetails,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { stateIs } from '../shared/job';
import { LONG } from '../shared/policies';
import type { NetboxActivities } from './activities';
import type { NetboxFollowInput } from './messages';
import { waitFor } from './patience';

const { followChanges } = proxyActivities<NetboxActivities>(LONG);

/** A lost webhook is healed within a minute; two small requests to NetBox each time. */
const INTERVAL_SECONDS = 30;

/** Follows NetBox's change log for as long as the settings say so, and heals what webhooks lose. */
export async function netboxFollow(input: NetboxFollowInput): Promise<void> {
  const { interval_seconds = INTERVAL_SECONDS } = input;
  let failures = 0;
  while (!workflowInfo().continueAsNewSuggested) {
    let seconds = interval_seconds;
    try {
      await followChanges();
      if (failures > 0) show('following', '');
      failures = 0;
    } catch (error) {
      const wait = waitFor(error, failures, interval_seconds);
      if (wait === undefined) throw error;
      show('waiting', `NetBox: ${wait.reason}`);
      failures += 1;
      seconds = wait.seconds;
    }
    await sleep(seconds * 1000);
  }
  return continueAsNew<typeof netboxFollow>(input);
}

function show(state: string, details: string): void {
  upsertSearchAttributes([stateIs(state)]);
  setCurrentDetails(details);
}
