import { remember } from './book';
import type { Effect } from './apply';
import type { Keep } from './model';
import { isFields } from './validate';
import { createWindow, type SlidingWindow } from './window';

/** A request to the Events API as it arrived, and what became of it. */
export interface LoggedEvent {
  /** When it arrived, in milliseconds. */
  readonly at: number;
  readonly routing_key: string | null;
  readonly event_action: string | null;
  /** The one that was made where a trigger had none. */
  dedup_key: string | null;
  readonly body: unknown;
  /** 0 while there is no answer, and where none was sent. */
  status: number;
  /** Null where it was not processed: a fault was in the way, or the connection is still held. */
  effect: Effect | 'rejected' | null;
  incident_id: string | null;
  /** What went wrong on purpose. */
  fault: string | null;
}

export type EventFilter = Partial<
  Pick<LoggedEvent, 'routing_key' | 'event_action' | 'dedup_key' | 'status' | 'effect'>
>;

export interface EventCounts {
  readonly received: number;
  readonly statuses: Readonly<Record<string, number>>;
  readonly effects: Readonly<Record<string, number>>;
}

export interface EventLog {
  /** In the order of their arrival; only the last ones where only counts are kept. */
  readonly events: (filter?: EventFilter) => LoggedEvent[];
  /** Of those that were answered, or are known to get no answer. */
  readonly counts: () => EventCounts;
  /** The most requests that fell into one window of the rate limit at the start, of one key or of all together. */
  readonly largestWindow: (routingKey?: string) => { received: number; accepted: number };
  readonly clear: () => void;
}

/** The log with what the server writes it with. */
export interface EventBook {
  readonly log: EventLog;
  readonly arrived: (body: unknown, fault: string | null) => LoggedEvent;
  /** It was let in at this time of `performance.now`, whatever its answer. */
  readonly accepted: (event: LoggedEvent, now: number) => void;
  readonly finished: (event: LoggedEvent) => void;
}

export function createEventLog(keep: Keep, windowMs: number): EventBook {
  const events: LoggedEvent[] = [];
  let counts = noCounts();
  const received = createWindows(windowMs);
  const accepted = createWindows(windowMs);
  const log: EventLog = {
    events: (filter = {}) => events.filter((event) => matches(event, filter)),
    counts: () => structuredClone(counts),
    largestWindow: (routingKey) => ({ received: received.largest(routingKey), accepted: accepted.largest(routingKey) }),
    clear: () => {
      events.splice(0);
      counts = noCounts();
      received.clear();
      accepted.clear();
    },
  };
  return {
    log,
    arrived: (body, fault) => {
      const event = createEvent(body, fault);
      remember(events, event, keep);
      counts.received += 1;
      received.add(event.routing_key, performance.now());
      return event;
    },
    accepted: ({ routing_key }, now) => accepted.add(routing_key, now),
    finished: ({ status, effect }) => {
      counts.statuses[status] = (counts.statuses[status] ?? 0) + 1;
      if (effect !== null) counts.effects[effect] = (counts.effects[effect] ?? 0) + 1;
    },
  };
}

interface Windows {
  add(routingKey: string | null, now: number): void;
  largest(routingKey?: string): number;
  clear(): void;
}

/** A window for each routing key and one for all of them. */
function createWindows(windowMs: number): Windows {
  const windows = new Map<string | undefined, SlidingWindow>();
  const add = (key: string | undefined, now: number): void => {
    const window = windows.get(key) ?? createWindow(windowMs);
    windows.set(key, window);
    window.add(now);
  };
  return {
    add: (routingKey, now) => {
      add(undefined, now);
      if (routingKey !== null) add(routingKey, now);
    },
    largest: (routingKey) => windows.get(routingKey)?.largest() ?? 0,
    clear: () => windows.clear(),
  };
}

function createEvent(body: unknown, fault: string | null): LoggedEvent {
  const fields = isFields(body) ? body : {};
  const text = (name: string): string | null => (typeof fields[name] === 'string' ? fields[name] : null);
  return {
    at: Date.now(),
    routing_key: text('routing_key'),
    event_action: text('event_action'),
    dedup_key: text('dedup_key'),
    body,
    status: 0,
    effect: null,
    incident_id: null,
    fault,
  };
}

/** Whether a row has all that the filter names. */
export function matches<T extends object>(row: T, filter: Partial<T>): boolean {
  return Object.entries(filter).every(([name, value]) => row[name as keyof T] === value);
}

interface MutableCounts extends EventCounts {
  received: number;
  readonly statuses: Record<string, number>;
  readonly effects: Record<string, number>;
}

const noCounts = (): MutableCounts => ({ received: 0, statuses: {}, effects: {} });
