import type { Answer } from './endpoint';

/** An answer that comes whole from one snapshot of the cache names it: the synchronisation that published it. */
export const fromSnapshot = (synchronisation: number, body: unknown): Answer => ({
  headers: { 'X-PeeringDB-Synchronisation': String(synchronisation) },
  body,
});
