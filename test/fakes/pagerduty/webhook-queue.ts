import { setTimeout as sleep } from 'node:timers/promises';
import { deliver, type Outgoing, type Sent } from './deliver';
import { countDrop, countSuccess, type Subscription } from './subscriptions';

/** How webhooks are delivered. The times are PagerDuty's own unless given; the back-off is not documented. */
export interface DeliveryOptions {
  /** How long an answer may take; 5000 by default. */
  readonly timeoutMs?: number;
  /** The first pause before a repetition; each is twice the one before. 1000 by default. */
  readonly backoffMs?: number;
  /** 60 000 by default. */
  readonly largestBackoffMs?: number;
  /** How long a webhook is tried before it is dropped; 48 hours by default. */
  readonly giveUpMs?: number;
}

export interface WebhookQueue {
  readonly push: (outgoing: Outgoing) => void;
  readonly hold: () => void;
  readonly release: () => void;
  /** How many wait or are on their way. */
  readonly size: () => number;
  /** Settles when there are none; not while they are held. */
  readonly idle: () => Promise<void>;
}

interface Parts {
  readonly options: DeliveryOptions;
  readonly find: (id: string) => Subscription;
  readonly record: (sent: Sent) => void;
  readonly stopped: AbortSignal;
}

/** What waits of one subscription and incident; the first is on its way while there is work. */
interface Lane {
  readonly waiting: Outgoing[];
  working: boolean;
}

/** Delivers in order for each subscription and incident, at least once (PagerDuty docs, Webhooks, "Ordering"). */
export function createWebhookQueue(parts: Parts): WebhookQueue {
  const lanes = new Map<string, Lane>();
  const idlers: (() => void)[] = [];
  const size = (): number => [...lanes.values()].reduce((sum, { waiting }) => sum + waiting.length, 0);
  const settle = (): void => {
    if (idlers.length > 0 && size() === 0) for (const resolve of idlers.splice(0)) resolve();
  };
  let held = false;
  const work = async (key: string, lane: Lane): Promise<void> => {
    if (lane.working || lane.waiting.length === 0) return;
    lane.working = true;
    while (!held && !parts.stopped.aborted && lane.waiting.length > 0) {
      await deliverFirst(parts, lane.waiting[0]!);
      lane.waiting.shift();
    }
    lane.working = false;
    if (lane.waiting.length === 0) lanes.delete(key);
    settle();
  };
  const wake = (key: string, lane: Lane): void => void setImmediate(() => void work(key, lane));
  parts.stopped.addEventListener('abort', () => {
    lanes.clear();
    settle();
  });
  return {
    push: (outgoing) => {
      const key = `${outgoing.subscription_id} ${outgoing.incident_id ?? outgoing.webhook_id}`;
      const lane = lanes.get(key) ?? { waiting: [], working: false };
      lanes.set(key, lane);
      lane.waiting.push(outgoing);
      wake(key, lane);
    },
    hold: () => void (held = true),
    release: () => {
      held = false;
      for (const [key, lane] of lanes) wake(key, lane);
    },
    size,
    idle: () =>
      new Promise((resolve) => {
        idlers.push(resolve);
        settle();
      }),
  };
}

/** Delivers or drops; what waits for a disabled subscription is dropped without a try. */
async function deliverFirst(parts: Parts, outgoing: Outgoing): Promise<void> {
  const subscription = parts.find(outgoing.subscription_id);
  if (subscription.disabled) return;
  if (await attempt(parts, outgoing, subscription)) countSuccess(subscription);
  else countDrop(subscription);
}

/** Tries until it is delivered, refused for good or too old; whether it was delivered. */
async function attempt(parts: Parts, outgoing: Outgoing, subscription: Subscription): Promise<boolean> {
  const { timeoutMs = 5000, backoffMs = 1000, largestBackoffMs = 60_000, giveUpMs = 48 * 3_600_000 } = parts.options;
  const started = performance.now();
  for (let pause = backoffMs; !parts.stopped.aborted; pause = Math.min(largestBackoffMs, pause * 2)) {
    const { url, secrets } = subscription;
    const sent = await deliver(outgoing, { url, secrets, timeoutMs }, parts.stopped);
    parts.record(sent);
    if (sent.status >= 200 && sent.status < 300) return true;
    if (sent.status >= 400 && sent.status < 500 && sent.status !== 429) return false;
    if (performance.now() - started + pause > giveUpMs) return false;
    await sleep(pause, undefined, { signal: parts.stopped }).catch(() => undefined);
    if (subscription.disabled) return false;
  }
  return true;
}
