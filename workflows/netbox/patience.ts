import { waitOut, type Wait } from '../shared/patience';
import { NETBOX_UPSTREAM_FAILURES } from './messages';

/** How long to wait, and why, after an error of NetBox's; nothing for an error that is not. */
export const waitFor = (error: unknown, failures: number, first?: number): Wait | undefined =>
  waitOut(error, NETBOX_UPSTREAM_FAILURES, failures, first);
