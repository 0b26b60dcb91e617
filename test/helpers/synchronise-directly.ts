import { randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { toFailure } from '../../activities/shared/failure';
import { UPSTREAM_FAILURES, type PeeringdbSyncResult, type SyncMode } from '../../workflows/peeringdb/messages';
import { NOT_WAITED, waitFor } from '../../workflows/peeringdb/patience';
import { endingOf } from '../../workflows/shared/failure';
import type { OpenedSynchronisation } from '../../workflows/peeringdb/activities';
import { sitesOfEachTest, type Activities, type ClientOptions, type Site } from './synchronise-site';

/** What to do differently from a synchronisation in which nothing happens. */
export interface DirectOptions {
  /** Whether a person confirms what the guard holds back. */
  readonly confirm?: boolean;
  /** Called with the seconds of every wait that the workflow would make; by default nothing is waited for. */
  readonly onWait?: (seconds: number) => void;
  /** Called between fetching and publishing. */
  readonly beforePublication?: (opened: OpenedSynchronisation) => Promise<void>;
}

const PATIENCE = { patience_seconds: 60, backoff_seconds: 10 };

/** Does one step as the workflow does: what upstream has against it is waited out, but in no time. */
async function patiently<T>(step: () => Promise<T>, onWait: (seconds: number) => void): Promise<T> {
  for (let waited = NOT_WAITED; ;) {
    try {
      return await step();
    } catch (error) {
      const next = waitFor(toFailure(error), waited, PATIENCE);
      if (typeof next.patience === 'string') throw error;
      waited = next.waited;
      onWait(next.patience.seconds);
    }
  }
}

/** Failures come back to the caller: nobody needs the SDK's warnings of them. */
const SILENT_SDK = new DefaultLogger('ERROR');

/** The activities, each in a context of its own as a worker would give it. */
function inContext(activities: Activities): Activities {
  const environment = new MockActivityEnvironment(undefined, { logger: SILENT_SDK });
  const wrapped = Object.entries(activities).map(([name, activity]: [string, (input: never) => Promise<unknown>]) => [
    name,
    (input: never) => environment.run(activity, input),
  ]);
  return Object.fromEntries(wrapped) as Activities;
}

/** Runs the activities of a synchronisation in their order, without Temporal: hundreds of them take a minute. */
export async function synchroniseDirectly(
  activities: Activities,
  mode: SyncMode | 'scheduled',
  { confirm = true, onWait = () => undefined, beforePublication }: DirectOptions = {},
): Promise<PeeringdbSyncResult> {
  const steps = inContext(activities);
  const job_id = randomUUID();
  try {
    const opened = await steps.openSynchronisation({ job_id, mode });
    const { synchronisation } = opened;
    for (const tag of opened.tags) await patiently(() => steps.fetchObject({ synchronisation, ...tag }), onWait);
    await patiently(() => steps.fetchMissingParents({ synchronisation }), onWait);
    await beforePublication?.(opened);
    let outcome = await steps.publishSynchronisation({ synchronisation, removals: 'ask' });
    if (outcome.outcome === 'guarded')
      outcome = await steps.publishSynchronisation({ synchronisation, removals: confirm ? 'remove' : 'keep' });
    if (outcome.outcome === 'guarded') throw new Error('guarded twice');
    await steps.renewRecords({ synchronisation });
    await steps.closeSynchronisation({ job_id, ending: { status: 'completed', result: outcome.result } });
    return outcome.result;
  } catch (error) {
    await steps.closeSynchronisation({ job_id, ending: endingOf(toFailure(error), UPSTREAM_FAILURES) });
    throw error;
  }
}

/** A maker of sites as {@link sitesOfEachTest}, whose caches were filled an hour ago and of which no request is counted. */
export function filledSitesOfEachTest(): (
  options?: ClientOptions,
) => Promise<{ readonly site: Site; readonly activities: Activities }> {
  const createSite = sitesOfEachTest();
  return async (options) => {
    const site = await createSite();
    const activities = site.activities(options);
    await synchroniseDirectly(activities, 'full');
    site.fake.clock.advance(3_600_000);
    site.fake.requests.length = 0;
    return { site, activities };
  };
}
