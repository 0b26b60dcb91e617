import type { ActivityOptions } from '@temporalio/workflow';
import { QUICK } from '../shared/policies';

/** A request or two to NetBox, which may have to wait for others to be answered, and a few rows. */
export const UPSTREAM = { ...QUICK, startToCloseTimeout: '5 minutes' } as const satisfies ActivityOptions;
