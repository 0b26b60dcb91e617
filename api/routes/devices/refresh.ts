import { netboxStatus } from '../../../store/netbox/status';
import type { Context } from '../../http/endpoint';
import { waitForJob } from '../../temporal/wait';
import type { DevicesDeps } from './deps';
import { startReconciliation } from './reconcile';

/** How long somebody who looks at a list waits for NetBox. */
const PATIENCE_SECONDS = 20;

/**
 * Has NetBox's devices read anew, by a plan that nobody applies, or by the one that is being made. Whatever goes wrong, and
 * when it takes too long, what was read before is what there is.
 */
export async function refreshDevices(deps: DevicesDeps, { baseUrl, signal, log }: Context): Promise<void> {
  try {
    const durations = { patience_seconds: PATIENCE_SECONDS };
    const job = await startReconciliation(deps, { mode: 'plan', durations }, baseUrl);
    await waitForJob(deps, job, { seconds: PATIENCE_SECONDS, signal, clock: deps.clock });
  } catch (error) {
    log.warn({ err: error }, "NetBox's devices are not read anew");
  }
}

/** When the listing of all devices that was read last began, as a header; none while there was none. */
export async function listedAt({ knex }: DevicesDeps): Promise<Readonly<Record<string, string>>> {
  const { last_listing } = await netboxStatus(knex);
  return last_listing === null ? {} : { 'X-NetBox-Listed': last_listing };
}
