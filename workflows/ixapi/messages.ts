import { defineSignal } from '@temporalio/workflow';

/** What the IX-API workflows promise: their ids, inputs, signals and failures. */

/** The id of the Schedule, and the prefix of the small workflows that it starts. */
export const IXAPI_SCHEDULE_ID = 'ixapi';

/** The workflow that reads what an exchange shows, and the type of its jobs. */
export const ixapiRefreshWorkflowId = (exchange: number): string => `ixapi-refresh-${exchange}`;
export const IXAPI_REFRESH_JOB = 'ixapi-refresh';

/** The workflow that makes connections of an exchange's configs, and the type of its jobs. */
export const ixapiImportWorkflowId = (exchange: number): string => `ixapi-import-${exchange}`;
export const IXAPI_IMPORT_JOB = 'ixapi-import';

/** The workflow that waits for addresses of an exchange's configs, to import these then, and the type of its jobs. */
export const ixapiFollowWorkflowId = (exchange: number): string => `ixapi-follow-${exchange}`;
export const IXAPI_FOLLOW_JOB = 'ixapi-follow';

/** The workflow that tries an address, a key and a secret. */
export const ixapiProbeWorkflowId = (id: string): string => `ixapi-probe-${id}`;

/** Durations in seconds. All have defaults; tests pass short ones. */
export interface IxapiDurations {
  /** The first wait while the exchange does not answer; each following one is twice as long, up to five minutes. */
  readonly backoff_seconds?: number;
  /** How long the exchange is waited for, all together. */
  readonly patience_seconds?: number;
  /** The first wait for addresses; each following one is twice as long, up to `follow_at_most_seconds`. */
  readonly follow_seconds?: number;
  readonly follow_at_most_seconds?: number;
}

/** Input of the workflow `ixapiRefresh`: the exchange's whole IX-API object is read, for all exchanges of that object. */
export interface IxapiRefreshInput {
  readonly job_id: string;
  readonly exchange: number;
  readonly durations?: IxapiDurations;
}

/** Input of the workflow `ixapiImport`. */
export interface IxapiImportInput extends IxapiRefreshInput {
  /** One config by its id; without it all of the exchange. */
  readonly network_service_config?: string;
  readonly dry_run: boolean;
  /** Who asked for it. */
  readonly username: string;
}

/** Input of the workflow `ixapiFollow`. */
export interface IxapiFollowInput {
  readonly job_id: string;
  readonly exchange: number;
  readonly durations?: IxapiDurations;
  /** How often it looked, when it continued as new. */
  readonly looks?: number;
}

/** Input of the workflow `ixapiProbe`: what is tried stands sealed in the database. */
export interface IxapiProbeInput {
  readonly id: string;
}

/** There is more to follow, or somebody wants it looked at now. */
export const followSignal = defineSignal('follow');

/** `type`s of the failures of these workflows. */
export const IXAPI_FAILURES = {
  /** It does not answer, or answers with an error of its own. */
  unavailable: 'IXAPI_UNAVAILABLE',
  /** It wants fewer requests. */
  throttled: 'IXAPI_THROTTLED',
  /** It refuses our key and secret, or what they may do. */
  forbidden: 'IXAPI_FORBIDDEN',
  /** What came is not what IX-API sends: cut off, or a list without an end. */
  badAnswer: 'IXAPI_BAD_ANSWER',
  /** The address is none of an IX-API, or one that may not be reached. */
  badAddress: 'IXAPI_BAD_ADDRESS',
  /** It speaks a version that is not spoken here. */
  badVersion: 'IXAPI_BAD_VERSION',
  /** The exchange is not linked to IX-API, or is gone. */
  notLinked: 'IXAPI_NOT_LINKED',
  /** The IX-API object got another address while it was read. */
  changed: 'IXAPI_CHANGED',
  /** The secret does not open: SECRET_KEY is another one. */
  sealed: 'IXAPI_SEALED',
} as const;

/** The failures that the exchange, or what lies before it, is the reason of. */
export const IXAPI_UPSTREAM_FAILURES: readonly string[] = [
  IXAPI_FAILURES.unavailable,
  IXAPI_FAILURES.throttled,
  IXAPI_FAILURES.forbidden,
  IXAPI_FAILURES.badAnswer,
  IXAPI_FAILURES.badAddress,
  IXAPI_FAILURES.badVersion,
];
