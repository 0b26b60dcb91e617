import { waitOut, type Wait } from '../shared/patience';
import { PAGERDUTY_UPSTREAM_FAILURES } from './messages';

/** How long to wait, and why, after an error of PagerDuty's REST API; nothing for an error that is not. */
export const waitFor = (error: unknown, failures: number, first?: number): Wait | undefined =>
  waitOut(error, PAGERDUTY_UPSTREAM_FAILURES, failures, first);
