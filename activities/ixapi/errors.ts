import { IXAPI_FAILURES } from '../../workflows/ixapi/messages';
import { AppError } from '../shared/failure';

/**
 * What can go wrong with an exchange's IX-API. The workflow waits, and not Temporal's retries: that can be seen. None has
 * a cause: those of the HTTP client may hold what was sent or received, and so tokens.
 */

/** It does not answer, or answers with an error of its own (`status`): it may work later. */
export const unavailable = (message: string, status?: number): AppError =>
  new AppError(IXAPI_FAILURES.unavailable, message, {
    retryable: false,
    details: status === undefined ? {} : { status },
  });

/** It wants fewer requests, for so long if it says so. */
export const throttled = (message: string, retry_after_seconds: number | undefined): AppError =>
  new AppError(IXAPI_FAILURES.throttled, message, {
    retryable: false,
    details: retry_after_seconds === undefined ? {} : { retry_after_seconds },
  });

/** It refuses us: a person has to look at the key, the secret or their rights. */
export const forbidden = (message: string): AppError =>
  new AppError(IXAPI_FAILURES.forbidden, message, { retryable: false });

/** What came is not what IX-API sends: cut off, a list without an end, or a page of somebody else's. */
export const badAnswer = (message: string): AppError =>
  new AppError(IXAPI_FAILURES.badAnswer, message, { retryable: false });

/** The address is none of an IX-API, or one that may not be reached. */
export const badAddress = (message: string): AppError =>
  new AppError(IXAPI_FAILURES.badAddress, message, { retryable: false });

/** It speaks a version that is not spoken here. */
export const badVersion = (message: string): AppError =>
  new AppError(IXAPI_FAILURES.badVersion, message, { retryable: false });

/** The object is gone. */
export const notLinked = (message: string): AppError =>
  new AppError(IXAPI_FAILURES.notLinked, message, { retryable: false });

/** Our own secret does not open. */
export const sealed = (message: string): AppError => new AppError(IXAPI_FAILURES.sealed, message, { retryable: false });

/** What is read is of no use any more. */
export const changed = (message: string): AppError =>
  new AppError(IXAPI_FAILURES.changed, message, { retryable: false });
