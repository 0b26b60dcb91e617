import type { ActivityOptions } from '@temporalio/workflow';

/**
 * One request to PagerDuty, which PAGERDUTY_TIMEOUT (300 s at most) bounds, and a few rows. It heartbeats: a worker that
 * died delays a page by seconds. It is never given up: what PagerDuty has against a request is no failure of the activity,
 * and whatever else fails is ours, such as a database that is away.
 */
export const ADVANCE = {
  startToCloseTimeout: '6 minutes',
  heartbeatTimeout: '10 seconds',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '10s' },
} as const satisfies ActivityOptions;
