/** What the PeeringDB workflows promise: their ids, inputs and results. */

/** The workflow id of every synchronisation and clearing, so that never two run at once. */
export const PEERINGDB_SYNC_WORKFLOW_ID = 'peeringdb-sync';

/** The id of the Schedule, and the prefix of the small workflows that it starts. */
export const PEERINGDB_SCHEDULE_ID = 'peeringdb';

/** The types of the jobs. */
export const PEERINGDB_SYNC_JOB = 'peeringdb-sync';
export const PEERINGDB_CLEAR_JOB = 'peeringdb-clear';

/** What a synchronisation fetches: what changed since the last one, everything, or everything into an emptied cache. */
export type SyncMode = 'incremental' | 'full' | 'flush';

/** Durations in seconds. All have defaults (`sync.workflow.ts`); tests pass short ones. */
export interface SyncDurations {
  /** How long a guard waits for a person before the removals that it holds back are dropped. */
  readonly guard_seconds?: number;
  /** How long upstream failures are waited out, all together, before the synchronisation gives up. */
  readonly patience_seconds?: number;
  /** The first wait after an upstream failure; each following one is twice as long, up to a quarter of an hour. */
  readonly backoff_seconds?: number;
}

/** Input of the workflow `peeringdbSync`. */
export interface PeeringdbSyncInput {
  readonly job_id: string;
  /** `scheduled` decides by itself: incremental, or full when one is due. */
  readonly mode: SyncMode | 'scheduled';
  readonly durations?: SyncDurations;
}

/** Input of the workflow `peeringdbClear`, which empties the cache and fetches nothing. */
export interface PeeringdbClearInput {
  readonly job_id: string;
}

/** Input of `peeringdbScheduled`, the small workflow that the Schedule starts: it starts the real one, or skips. */
export interface PeeringdbScheduledInput {
  readonly durations?: SyncDurations;
}

/** Rows of one type, or of all types together, by what a synchronisation did to them. */
export interface SyncCounts {
  readonly created: number;
  readonly updated: number;
  readonly deleted: number;
  readonly unchanged: number;
  readonly quarantined: number;
}

/** The result of a synchronisation: its job's `result`. */
export interface PeeringdbSyncResult extends SyncCounts {
  readonly synchronisation: number;
  readonly mode: SyncMode;
  /** One sentence that says what happened. */
  readonly summary: string;
}

/** `type`s of the failures that a synchronisation ends with. */
export const SYNC_FAILURES = {
  unauthorized: 'PEERINGDB_UNAUTHORIZED',
  forbidden: 'PEERINGDB_FORBIDDEN',
  unavailable: 'PEERINGDB_UNAVAILABLE',
  badAnswer: 'PEERINGDB_BAD_ANSWER',
  throttled: 'PEERINGDB_THROTTLED',
  emptyList: 'PEERINGDB_EMPTY_LIST',
  fenced: 'PEERINGDB_FENCED',
} as const;

/** The failures that PeeringDB, or what lies before it, is the reason of. */
export const UPSTREAM_FAILURES: readonly string[] = [
  SYNC_FAILURES.unauthorized,
  SYNC_FAILURES.forbidden,
  SYNC_FAILURES.unavailable,
  SYNC_FAILURES.badAnswer,
  SYNC_FAILURES.throttled,
  SYNC_FAILURES.emptyList,
];
