import type { ActivityOptions } from '@temporalio/workflow';
import { QUICK } from '../shared/policies';

/** A person waits for what a probe says: some requests, each of which may take fifteen seconds. */
export const PROBE = {
  ...QUICK,
  startToCloseTimeout: '50 seconds',
  scheduleToCloseTimeout: '55 seconds',
} as const satisfies ActivityOptions;
