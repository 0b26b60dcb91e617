import { ActivityCancellationType, type ActivityOptions, type LocalActivityOptions } from '@temporalio/workflow';

/**
 * How activities are timed and retried. What is retried here is our own (a database that restarts, a worker that dies);
 * an upstream that refuses or fails is reported to the workflow, which waits where it can be seen.
 */

/** Restarts of a database and of workers take seconds: soon at first, then every ten. */
const OWN_FAULTS = { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s' } as const;

/** What has not come through by then never will: a fault of ours that a person has to see. */
const GIVE_UP = '6 hours';

/**
 * A row that is written last, where a person waits for it: within the workflow's own task (a local activity), which spares
 * two rounds of Temporal's. While the database is away it is tried again as others are.
 */
export const LAST = {
  startToCloseTimeout: '5 seconds',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  scheduleToCloseTimeout: GIVE_UP,
  retry: OWN_FAULTS,
} as const satisfies LocalActivityOptions;

/** A few rows in PostgreSQL. */
export const QUICK = {
  startToCloseTimeout: '30 seconds',
  // What follows a cancellation must not be overtaken by what it cancelled.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  scheduleToCloseTimeout: GIVE_UP,
  retry: OWN_FAULTS,
} as const satisfies ActivityOptions;

/**
 * Work that heartbeats every two seconds: fetching a large body over a slow line, or one long statement. A dead worker
 * is noticed within ten seconds.
 */
export const LONG = {
  startToCloseTimeout: '1 hour',
  scheduleToCloseTimeout: GIVE_UP,
  heartbeatTimeout: '10 seconds',
  // What is cleaned up afterwards must not be written to any more.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: OWN_FAULTS,
} as const satisfies ActivityOptions;
