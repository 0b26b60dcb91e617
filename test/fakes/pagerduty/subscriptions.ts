import { newId } from './book';

/** Where PagerDuty sends its webhooks. */
export interface WebhookSubscription {
  readonly url: string;
  /** Each signs; two while one replaces the other. */
  readonly secrets: readonly string[];
  /** All event types unless given. A ping is always sent. */
  readonly events?: readonly string[];
}

export interface Subscription extends WebhookSubscription {
  readonly id: string;
  secrets: readonly string[];
  /** Gets nothing until it is enabled again. */
  disabled: boolean;
  /** How many webhooks in a row were dropped. */
  drops: number;
}

/** So many in a row, and the subscription is disabled (PagerDuty docs, Webhooks, "Temporary disablement"). */
const DROPS_THAT_DISABLE = 3;

export function createSubscription(options: WebhookSubscription): Subscription {
  return { ...options, id: newId(), disabled: false, drops: 0 };
}

export function wants({ disabled, events }: Subscription, eventType: string): boolean {
  return !disabled && (events === undefined || events.includes(eventType));
}

/** Counts a webhook that was given up, which may disable the subscription. */
export function countDrop(subscription: Subscription): void {
  subscription.drops += 1;
  subscription.disabled ||= subscription.drops >= DROPS_THAT_DISABLE;
}

/** Ends a row of drops, unless the subscription was disabled while the webhook was on its way. */
export function countSuccess(subscription: Subscription): void {
  if (!subscription.disabled) subscription.drops = 0;
}
