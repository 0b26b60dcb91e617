import { randomUUID } from 'node:crypto';
import { remember, type Book } from './book';
import type { Outgoing, Sent } from './deliver';
import type { Tell } from './moves';
import { createSubscription, wants, type Subscription, type WebhookSubscription } from './subscriptions';
import { renderHappening, renderPing } from './webhook-body';
import { createWebhookQueue, type DeliveryOptions } from './webhook-queue';

export interface FakePagerdutyWebhooks {
  readonly subscribe: (subscription: WebhookSubscription) => Subscription;
  readonly subscriptions: () => Subscription[];
  /** Signs with these from now on, also what waits. */
  readonly setSecrets: (id: string, secrets: readonly string[]) => void;
  readonly enable: (id: string) => void;
  /** Sends `pagey.ping` to every subscription, or to this one. */
  readonly ping: (id?: string) => void;
  /** Each attempt so far. */
  readonly sent: () => Sent[];
  /** How many wait or are on their way. */
  readonly waiting: () => number;
  /** Lets webhooks wait until `release`. */
  readonly hold: () => void;
  readonly release: () => void;
  /** The next so many are delivered twice, with the same id. */
  readonly duplicateNext: (count?: number) => void;
  /** The next so many are never sent. */
  readonly loseNext: (count?: number) => void;
  /** `incident_key` is null in the next so many, or in all of them if true, until false. */
  readonly hideIncidentKey: (which: number | boolean) => void;
  /** Settles when none waits and none is on its way; not while they are held. */
  readonly idle: () => Promise<void>;
}

interface Script {
  duplicates: number;
  losses: number;
  hidden: number | boolean;
}

/** Makes the subscriptions and what tells them. */
export function createWebhooks(
  book: Book,
  given: readonly WebhookSubscription[],
  options: DeliveryOptions,
  stopped: AbortSignal,
): { webhooks: FakePagerdutyWebhooks; tell: Tell } {
  const subscriptions = given.map(createSubscription);
  const sent: Sent[] = [];
  const script: Script = { duplicates: 0, losses: 0, hidden: false };
  const find = (id: string): Subscription => {
    const found = subscriptions.find((subscription) => subscription.id === id);
    if (found === undefined) throw new Error(`there is no subscription ${id}`);
    return found;
  };
  const queue = createWebhookQueue({ options, find, record: (item) => remember(sent, item, book.keep), stopped });
  const push: Push = (told, body) => {
    if (spend(script, 'losses')) return;
    const outgoing = { ...told, webhook_id: randomUUID(), body };
    queue.push(outgoing);
    if (spend(script, 'duplicates')) queue.push(outgoing);
  };
  const webhooks: FakePagerdutyWebhooks = {
    subscribe: (subscription) => {
      const created = createSubscription(subscription);
      subscriptions.push(created);
      return created;
    },
    subscriptions: () => subscriptions,
    setSecrets: (id, secrets) => void (find(id).secrets = secrets),
    enable: (id) => void Object.assign(find(id), { disabled: false, drops: 0 }),
    ping: (wanted) => {
      for (const { id, disabled } of wanted === undefined ? subscriptions : [find(wanted)])
        if (!disabled) push({ subscription_id: id, event_type: 'pagey.ping', incident_id: null }, renderPing());
    },
    sent: () => sent,
    waiting: queue.size,
    hold: queue.hold,
    release: queue.release,
    duplicateNext: (count = 1) => void (script.duplicates += count),
    loseNext: (count = 1) => void (script.losses += count),
    hideIncidentKey: (which) => void (script.hidden = which),
    idle: queue.idle,
  };
  return { webhooks, tell: createTell(book, subscriptions, script, push) };
}

type Push = (told: Pick<Outgoing, 'subscription_id' | 'event_type' | 'incident_id'>, body: string) => void;

function createTell(book: Book, subscriptions: readonly Subscription[], script: Script, push: Push): Tell {
  return (type, incident, agent, data) => {
    const service = book.services.find(({ id }) => id === incident.service_id)!;
    for (const subscription of subscriptions.filter((one) => wants(one, type))) {
      const hideIncidentKey = script.hidden === true || spend(script, 'hidden');
      const happening = { type, incident, service, agent, hideIncidentKey, ...(data === undefined ? {} : { data }) };
      const told = { subscription_id: subscription.id, event_type: type, incident_id: incident.id };
      push(told, renderHappening(happening));
    }
  };
}

/** Takes one of a number of times, if there is one left. */
function spend(script: Script, name: keyof Script): boolean {
  const left = script[name];
  if (typeof left === 'boolean' || left === 0) return false;
  Object.assign(script, { [name]: left - 1 });
  return true;
}
