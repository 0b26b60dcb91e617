import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common';
import { defineQuery, defineSignal } from '@temporalio/workflow';

/** The one task queue of this product: workflows and activities alike. */
export const TASK_QUEUE = 'crossconnect';

/** Search attributes of every workflow: what it works on, and how far it is. */
export const SEARCH_ATTRIBUTES = { object: 'CrossconnectObject', state: 'CrossconnectState' } as const;

const OBJECT = defineSearchAttributeKey(SEARCH_ATTRIBUTES.object, 'KEYWORD');
const STATE = defineSearchAttributeKey(SEARCH_ATTRIBUTES.state, 'KEYWORD');

/** The search attribute that says how far a workflow is. */
export const stateIs = (state: string): SearchAttributePair => ({ key: STATE, value: state });

/** The search attributes that a workflow on `object` begins with. */
export const startsOn = (object: string): SearchAttributePair[] => [
  { key: OBJECT, value: object },
  stateIs('starting'),
];

/** What a job's workflow answers while it runs. */
export interface JobProgress {
  /** What is being done, in a few words. */
  readonly phase: string;
  /** Steps done, of `total`. */
  readonly done: number;
  readonly total: number;
  /** Set while something external is waited for: the time (ISO 8601) at which the job goes on by itself, if it does. */
  readonly waiting_until?: string;
  /** Set while something is waited for: what it is. */
  readonly reason?: string;
  /** True while a guard waits for a person: `POST /api/core/jobs/{id}/confirm/`. */
  readonly confirmable?: boolean;
}

/** How far a job is. */
export const progressQuery = defineQuery<JobProgress>('progress');

/** A person confirms what a guard held back. */
export const confirmSignal = defineSignal('confirm');

/** The memo of every workflow that is a job: readable in Temporal UI, and how a running workflow is matched to its job. */
export interface JobMemo extends Record<string, unknown> {
  readonly job_id: string;
  readonly mode?: string;
}
