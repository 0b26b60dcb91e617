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

/** NetBox shows none of many devices that have routers. */
export const emptyList = (message: string): AppError =>
  new AppError(NETBOX_FAILURES.emptyList, message, { retryable: false });

/** Entries of a plan moved since, and its applicant wanted none of it then. */
export const stalePlan = (message: string): AppError =>
  new AppError(NETBOX_FAILURES.stalePlan, message, { retryable: false });
