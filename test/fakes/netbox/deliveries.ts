import { setTimeout as sleep } from 'node:timers/promises';
import { createRng, type Rng } from '../peeringdb/rng';
import { deliver, type FakeWebhook, type Outgoing, type Sent } from './deliver';
import { renderBody, type Payload } from './payload';

/** Decides over a webhook that is to be sent. */
type Predicate = (event: Pick<Outgoing, 'event' | 'id'>) => boolean;

/** How webhooks reach their receiver; by default in order, by one worker, each tried once. */
export interface FakeDeliveries {
  /** Every attempt so far. */
  readonly sent: readonly Sent[];
  /** What waits to be delivered. */
  readonly waiting: readonly Outgoing[];
  readonly targets: readonly FakeWebhook[];
  readonly addTarget: (hook: FakeWebhook) => void;
  /** Lets webhooks wait until `release`. */
  readonly hold: () => void;
  readonly release: () => void;
  /** The next so many, or those for which the predicate holds from now on, are never sent. */
  readonly lose: (which?: number | Predicate) => void;
  /** The next so many are sent twice. */
  readonly double: (count?: number) => void;
  /** Takes what waits in an order by chance. */
  readonly shuffle: (seed: number) => void;
  /** Milliseconds that a worker waits before each. */
  readonly delay: (milliseconds: number) => void;
  readonly parallel: (workers: number) => void;
  /** How often a refused one is tried again, with the same body, and after how many milliseconds. */
  readonly retries: (count: number, interval?: number) => void;
  /** Back to what is so by default; what waits is released. */
  readonly reset: () => void;
  readonly forget: () => void;
  /** Settles when nothing waits and nothing is on its way; not while webhooks are held. */
  readonly idle: () => Promise<void>;
}

interface Delivering {
  readonly deliveries: FakeDeliveries;
  readonly enqueue: (payload: Payload) => void;
  /** Gives up what waits and what is on its way. */
  readonly stop: () => void;
}

/** Makes the queue of webhooks and its workers. */
export function createDeliveries(hooks: readonly FakeWebhook[]): Delivering {
  const targets = [...hooks];
  const sent: Sent[] = [];
  const waiting: Outgoing[] = [];
  const stopped = new AbortController();
  const idlers: (() => void)[] = [];
  const mode = defaults();
  let working = 0;

  const next = (): Outgoing | undefined => {
    if (mode.held || stopped.signal.aborted) return undefined;
    const [taken] = waiting.splice(mode.chance?.int(waiting.length) ?? 0, 1);
    return taken;
  };
  const attempt = async (outgoing: Outgoing): Promise<void> => {
    for (let tries = 0; tries <= mode.retries; tries += 1) {
      if (tries > 0) await pause(mode.interval);
      const result = await deliver(outgoing, stopped.signal);
      sent.push(result);
      if (result.status >= 200 && result.status < 300) return;
    }
  };
  const pause = (milliseconds: number): Promise<unknown> =>
    sleep(milliseconds, undefined, { signal: stopped.signal }).catch(() => undefined);
  const work = async (): Promise<void> => {
    if (mode.delay > 0) await pause(mode.delay);
    for (let taken = next(); taken !== undefined; taken = next()) {
      await attempt(taken);
      if (mode.delay > 0 && waiting.length > 0) await pause(mode.delay);
    }
    working -= 1;
    if (waiting.length === 0 && working === 0) for (const settle of idlers.splice(0)) settle();
  };
  const wake = (): void => {
    // After the caller's turn, so that the webhooks of one request are all there when the first is taken.
    while (!mode.held && working < Math.min(mode.workers, waiting.length)) {
      working += 1;
      setImmediate(() => void work());
    }
  };
  const deliveries: FakeDeliveries = {
    sent,
    waiting,
    targets,
    addTarget: (hook) => void targets.push(hook),
    hold: () => void (mode.held = true),
    release: () => {
      mode.held = false;
      wake();
    },
    lose: (which = 1) => {
      if (typeof which === 'number') mode.lost += which;
      else mode.loses = which;
    },
    double: (count = 1) => void (mode.doubled += count),
    shuffle: (seed) => void (mode.chance = createRng(seed)),
    delay: (milliseconds) => void (mode.delay = milliseconds),
    parallel: (workers) => {
      mode.workers = workers;
      wake();
    },
    retries: (count, interval = 0) => void Object.assign(mode, { retries: count, interval }),
    reset: () => {
      Object.assign(mode, defaults());
      wake();
    },
    forget: () => void sent.splice(0),
    idle: () =>
      new Promise((resolve) => {
        if (waiting.length === 0 && working === 0) resolve();
        else idlers.push(resolve);
      }),
  };
  const isLost = (outgoing: Outgoing): boolean => {
    if (mode.loses?.(outgoing) === true) return true;
    if (mode.lost === 0) return false;
    mode.lost -= 1;
    return true;
  };
  return {
    deliveries,
    enqueue: (payload) => {
      for (const hook of targets) {
        const body = renderBody(payload, hook.bodyTemplate);
        const outgoing = { hook, event: payload.event, id: payload.data.id, body };
        if (isLost(outgoing)) continue;
        waiting.push(outgoing);
        if (mode.doubled > 0) waiting.push(outgoing);
        mode.doubled = Math.max(0, mode.doubled - 1);
      }
      wake();
    },
    stop: () => {
      stopped.abort();
      for (const settle of idlers.splice(0)) settle();
    },
  };
}

interface Mode {
  held: boolean;
  lost: number;
  loses: Predicate | undefined;
  doubled: number;
  chance: Rng | undefined;
  delay: number;
  workers: number;
  retries: number;
  interval: number;
}

function defaults(): Mode {
  return {
    held: false,
    lost: 0,
    loses: undefined,
    doubled: 0,
    chance: undefined,
    delay: 0,
    workers: 1,
    retries: 0,
    interval: 0,
  };
}
