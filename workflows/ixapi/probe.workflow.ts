import { proxyActivities } from '@temporalio/workflow';
import type { IxapiActivities } from './activities';
import type { IxapiProbeInput } from './messages';
import { PROBE } from './policies';

const { probe } = proxyActivities<IxapiActivities>(PROBE);

/** Tries an address, a key and a secret before they are kept: the worker is who reaches the exchange later. */
export async function ixapiProbe({ id }: IxapiProbeInput): Promise<void> {
  await probe({ id });
}
