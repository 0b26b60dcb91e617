import { ApplicationFailure } from '@temporalio/common';

/** What is known of an error that this product expects. */
export interface AppErrorOptions extends ErrorOptions {
  /** Whether doing the same again may succeed. */
  readonly retryable: boolean;
  /** Safe data for the workflow: never a secret. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** An error that this product expects, with a stable code. */
export class AppError extends Error {
  override readonly name: string = 'AppError';
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    readonly code: string,
    message: string,
    options: AppErrorOptions,
  ) {
    super(message, options);
    this.retryable = options.retryable;
    this.details = options.details ?? {};
  }
}

/** The failure a workflow sees: its `type` is the error's code, its first detail the error's details. */
export function toFailure(error: unknown): unknown {
  if (!(error instanceof AppError)) return error;
  return ApplicationFailure.create({
    type: error.code,
    message: error.message,
    nonRetryable: !error.retryable,
    details: [error.details],
    cause: error,
  });
}

type Activities = Readonly<Record<string, (input: never) => Promise<unknown>>>;

/** Activities whose expected errors reach the workflow as failures with a type. */
export function withFailures<A extends Activities>(activities: A): A {
  const wrapped = Object.entries(activities).map(([name, activity]) => [
    name,
    async (input: never) => {
      try {
        return await activity(input);
      } catch (error) {
        throw toFailure(error);
      }
    },
  ]);
  return Object.fromEntries(wrapped) as A;
}
