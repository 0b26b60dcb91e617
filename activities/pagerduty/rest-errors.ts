import { PAGERDUTY_FAILURES } from '../../workflows/incident/messages';
import { AppError } from '../shared/failure';

/** What can go wrong with PagerDuty's REST API. The workflow waits, and not Temporal's retries: that can be seen. */

/** It does not answer, or answers with an error of its own: it may work later. */
export const unavailable = (message: string, cause?: unknown): AppError =>
  new AppError(PAGERDUTY_FAILURES.unavailable, message, { retryable: false, cause });

/** It wants fewer requests, for so long if it says so. */
export const throttled = (message: string, retry_after_seconds: number | undefined): AppError =>
  new AppError(PAGERDUTY_FAILURES.throttled, message, {
    retryable: false,
    details: retry_after_seconds === undefined ? {} : { retry_after_seconds },
  });

/** It refuses us: a person has to look at the token, its rights or the address. */
export const forbidden = (message: string): AppError =>
  new AppError(PAGERDUTY_FAILURES.forbidden, message, { retryable: false });

/** What came is not what it sends: cut off, or a page of somebody else's. */
export const badAnswer = (message: string, cause?: unknown): AppError =>
  new AppError(PAGERDUTY_FAILURES.badAnswer, message, { retryable: false, cause });

/** There is nobody to ask. */
export const noToken = (): AppError =>
  new AppError(PAGERDUTY_FAILURES.noToken, 'PagerDuty cannot be asked: expected the setting PAGERDUTY_API_TOKEN', {
    retryable: false,
  });
