import { AppError } from '../shared/failure';
import { NETBOX_FAILURES } from '../../workflows/netbox/messages';

/** NetBox does not answer, or answers with an error of its own: it may work later. */
export const unavailable = (message: string, cause?: unknown): AppError =>
  new AppError(NETBOX_FAILURES.unavailable, message, { retryable: false, cause });

/** NetBox refuses us: a person has to look at the token, its rights or the address. */
export const forbidden = (message: string): AppError =>
  new AppError(NETBOX_FAILURES.forbidden, message, { retryable: false });

/** What came is not what NetBox sends: cut off, or a page of somebody else's. */
export const badAnswer = (message: string, cause?: unknown): AppError =>
  new AppError(NETBOX_FAILURES.badAnswer, message, { retryable: false, cause });

/** NetBox does not know what we asked it for, such as the slug of a role. */
export const badRequest = (message: string): AppError =>
  new AppError(NETBOX_FAILURES.badRequest, message, { retryable: false });
