import type { ActivityOptions } from '@temporalio/workflow';
import { QUICK } from '../shared/policies';

/**
 * A request or two to NetBox, which may have to wait for others to be answered, and a few rows. It heartbeats: the device
 * is held up for seconds and not for minutes by a worker that died.
 */
export const UPSTREAM = {
  ...QUICK,
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '10 seconds',
} as const satisfies ActivityOptions;
