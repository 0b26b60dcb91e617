import { proxyActivities } from '@temporalio/workflow';

/** The queue of the empty workflow. */
export const EMPTY_QUEUE = 'bench-empty';

const { nothing } = proxyActivities<{ nothing(): Promise<void> }>({ startToCloseTimeout: '30 seconds' });

/** A synchronisation without its work: as many activities, in the same order, as many at a time. */
export async function empty(): Promise<void> {
  await nothing();
  let left = 13;
  const lane = async (): Promise<void> => {
    while (left-- > 0) await nothing();
  };
  await Promise.all([lane(), lane(), lane()]);
  for (let i = 0; i < 3; i++) await nothing();
}
