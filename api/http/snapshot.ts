import type { Answer } from './endpoint';

/** An answer that comes whole from one snapshot of the cache names it: the synchronisation that published it. */
export const fromSnapshot = (synchronisation: number, { headers = {}, ...answer }: Answer): Answer => ({
  ...answer,
  headers: { ...headers, 'X-PeeringDB-Synchronisation': String(synchronisation) },
});
