import type { ObjectTag } from '../../store/peeringdb/objects';
import type { JobEnding } from '../shared/ending';
import type { PeeringdbSyncResult, SyncMode } from './messages';

/** What a synchronisation begins with: no rows, only what to do. */
export interface OpenedSynchronisation {
  readonly synchronisation: number;
  readonly mode: SyncMode;
  /** The types in their order; `list` is whether the whole list is wanted, besides what changed. */
  readonly tags: readonly { readonly tag: ObjectTag; readonly list: boolean }[];
}

/** By type, how many rows a list leaves out of how many. */
export type Removals = Readonly<Partial<Record<ObjectTag, { readonly removed: number; readonly of: number }>>>;

/** What came of a publication. */
export type PublicationOutcome =
  | { readonly outcome: 'published'; readonly result: PeeringdbSyncResult }
  | { readonly outcome: 'guarded'; readonly removals: Removals };

/**
 * What the PeeringDB workflows ask of their activities. Each may be repeated: what was done already is found, and not
 * done again.
 */
export interface PeeringdbActivities {
  /** Begins the record of a synchronisation and decides what it is. */
  openSynchronisation(input: {
    readonly job_id: string;
    readonly mode: SyncMode | 'scheduled';
  }): Promise<OpenedSynchronisation>;
  /** Fetches one type and stages its rows. */
  fetchObject(input: {
    readonly synchronisation: number;
    readonly tag: ObjectTag;
    readonly list: boolean;
  }): Promise<{ readonly rows: number }>;
  /** Asks for parents that staged rows name and nobody has; how many were asked for. */
  fetchMissingParents(input: { readonly synchronisation: number }): Promise<{ readonly asked: number }>;
  /** Makes it all visible, unless the guard has something against it and `removals` says to ask. */
  publishSynchronisation(input: {
    readonly synchronisation: number;
    readonly removals: 'ask' | 'remove' | 'keep';
  }): Promise<PublicationOutcome>;
  /** Ends the record and the job, and cleans up. */
  closeSynchronisation(input: {
    readonly job_id: string;
    readonly ending: JobEnding<PeeringdbSyncResult>;
  }): Promise<void>;
  /** Empties the cache; how many rows went. */
  clearPeeringdb(): Promise<{ readonly deleted: number }>;
}
