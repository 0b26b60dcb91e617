/**
 * What upstream can do to a synchronisation. None of these is retried by Temporal: the workflow decides how long it waits,
 * where it can be seen and cancelled. What Temporal retries is our own: a database that restarts, a worker that dies.
 */
import { SYNC_FAILURES } from '../../workflows/peeringdb/messages';
import { AppError } from '../shared/failure';

/** Upstream says "not now", or our own budget does. `retry_after_seconds` is when to ask again, null where unknown. */
export const throttled = (message: string, retry_after_seconds: number | null): AppError =>
  new AppError(SYNC_FAILURES.throttled, message, { retryable: false, details: { retry_after_seconds } });

/** Upstream cannot be reached, broke off, or is out of order. */
export const unavailable = (message: string, cause?: unknown): AppError =>
  new AppError(SYNC_FAILURES.unavailable, message, { retryable: false, cause });

/** An answer that is not what it should be: cut off, not JSON, an error page. Asking again may help. */
export const badAnswer = (message: string, cause?: unknown): AppError =>
  new AppError(SYNC_FAILURES.badAnswer, message, { retryable: false, cause });

/** The API key is not accepted. */
export const unauthorized = (message: string): AppError =>
  new AppError(SYNC_FAILURES.unauthorized, message, { retryable: false });

/** Refused for good, by PeeringDB or by the firewall before it. */
export const forbidden = (message: string): AppError =>
  new AppError(SYNC_FAILURES.forbidden, message, { retryable: false });

/** A whole list came back empty although rows of the type are cached. */
export const emptyList = (message: string): AppError =>
  new AppError(SYNC_FAILURES.emptyList, message, { retryable: false });

/** The synchronisation has ended already, or a newer one has begun. */
export const fenced = (message: string): AppError => new AppError(SYNC_FAILURES.fenced, message, { retryable: false });
