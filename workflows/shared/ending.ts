/** Why a job ended without doing what it was for. `upstream`: somebody else's system is the reason. */
export interface JobError {
  readonly type: string;
  readonly message: string;
  readonly upstream?: boolean;
}

/** How a job ended. */
export type JobEnding<R> =
  | { readonly status: 'completed'; readonly result: R }
  | { readonly status: 'failed' | 'canceled'; readonly error: JobError };

/** Keeps the row of a job in step with its workflow. */
export interface JobActivities {
  startJob(input: { readonly job_id: string; readonly type: string; readonly input: object }): Promise<void>;
  finishJob(input: { readonly job_id: string; readonly ending: JobEnding<object> }): Promise<void>;
}
