import { randomBytes } from 'node:crypto';
import { invalidEvent, processed, throttled, unreadableEvent, type Answer } from './answers';
import type { Apply } from './apply';
import type { Book } from './book';
import type { EventBook, LoggedEvent } from './event-log';
import type { RateLimiter } from './rate-limit';
import { isFields, validate, type ValidEvent } from './validate';

/** The limit of a whole event (PagerDuty docs, Events API v2, "Size limits": 512 KB). */
const LARGEST_EVENT = 512_000;

interface Parts {
  readonly book: Book;
  readonly limiter: RateLimiter;
  readonly apply: Apply;
  readonly eventBook: EventBook;
}

/** Takes one event in and notes in the log what became of it. */
export type Enqueue = (body: unknown, bytes: number, logged: LoggedEvent) => Answer;

/**
 * Validation comes first, then the integration, then its limit, so that what is refused does not count; the documents do
 * not tell this order.
 */
export function createEnqueue({ book, limiter, apply, eventBook }: Parts): Enqueue {
  return (body, bytes, logged) => {
    const reject = (answer: Answer): Answer => {
      logged.effect = 'rejected';
      return answer;
    };
    // Status and text are unverified; the documents give the size alone.
    if (bytes > LARGEST_EVENT) return reject(invalidEvent(['Event exceeds the maximum size of 512 KB']));
    if (!isFields(body)) return reject(unreadableEvent());
    const errors = validate(body);
    if (errors.length > 0) return reject(invalidEvent(errors));
    const event = body as unknown as ValidEvent;
    const service = book.services.find(({ routing_keys }) => routing_keys.includes(event.routing_key));
    // Unverified: seen in a third party's test data only.
    if (service === undefined) return reject(invalidEvent(['Invalid routing key']));
    const now = performance.now();
    if (!limiter.admits(event.routing_key, now)) return reject(throttled());
    const dedup_key = hasKey(event) ? event.dedup_key : randomBytes(16).toString('hex');
    Object.assign(logged, { dedup_key, ...apply({ ...event, dedup_key }, service) });
    eventBook.accepted(logged, now);
    return processed(dedup_key);
  };
}

function hasKey(event: ValidEvent): event is ValidEvent & { readonly dedup_key: string } {
  return typeof event.dedup_key === 'string' && event.dedup_key.trim() !== '';
}
