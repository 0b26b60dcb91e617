import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApply } from './apply';
import { createBook } from './book';
import { createController } from './control';
import { createEventLog, type EventLog } from './event-log';
import { createEnqueue } from './events-api';
import { createFaults, type FakePagerdutyFaults } from './faults';
import { FAKE_PAGERDUTY_TOKEN, FAKE_ROUTING_KEY } from './keys';
import type { Keep, ServiceOptions } from './model';
import { createMoves } from './moves';
import { createPeople, type FakePagerdutyPeople } from './people';
import { createRateLimiter, MINUTE, type RateLimit } from './rate-limit';
import { createResponder, type LoggedRequest } from './respond';
import { createRest } from './rest';
import { createRestLimiter } from './rest-limit';
import { createState, type FakePagerdutyState } from './state';
import type { WebhookSubscription } from './subscriptions';
import { createWebhooks, type FakePagerdutyWebhooks } from './webhooks';
import type { DeliveryOptions } from './webhook-queue';

export interface FakePagerdutyOptions {
  /** One with FAKE_ROUTING_KEY by default. */
  readonly services?: readonly ServiceOptions[];
  /** REST keys; FAKE_PAGERDUTY_TOKEN by default. */
  readonly tokens?: readonly string[];
  /** Of the Events API; 120 a minute by default. */
  readonly rateLimit?: RateLimit | 'off';
  /** Requests to the REST API a minute and key; 960 by default. */
  readonly restPerMinute?: number;
  readonly webhooks?: readonly WebhookSubscription[];
  readonly delivery?: DeliveryOptions;
  /** 'all' by default; 'counts' keeps memory bounded in benchmarks. */
  readonly keep?: Keep;
  readonly port?: number;
}

/** The limits, while it runs. */
export interface FakePagerdutyLimits {
  readonly events: (limit: RateLimit | 'off') => void;
  readonly rest: (perMinute: number) => void;
}

export interface FakePagerduty {
  /** Of the REST API; the Events API is at `/v2/enqueue` below it. */
  readonly url: string;
  readonly port: number;
  readonly state: FakePagerdutyState;
  /** What arrived at the Events API. */
  readonly log: EventLog;
  readonly people: FakePagerdutyPeople;
  readonly webhooks: FakePagerdutyWebhooks;
  readonly faults: FakePagerdutyFaults;
  readonly limits: FakePagerdutyLimits;
  /** What was asked of the REST API. */
  readonly requests: LoggedRequest[];
  readonly close: () => Promise<void>;
}

/** Starts a PagerDuty on 127.0.0.1: Events API v2, REST API v2 and webhooks V3 over one made-up account. */
export async function startFakePagerduty(options: FakePagerdutyOptions = {}): Promise<FakePagerduty> {
  const { services = [{ name: 'Network', routingKeys: [FAKE_ROUTING_KEY] }], rateLimit = {}, keep = 'all' } = options;
  const stopping = new AbortController();
  const stopped = stopping.signal;
  const book = createBook(services, keep);
  const { webhooks, tell } = createWebhooks(book, options.webhooks ?? [], options.delivery ?? {}, stopped);
  const moves = createMoves(book, tell);
  const eventBook = createEventLog(keep, rateLimit === 'off' ? MINUTE : (rateLimit.windowMs ?? MINUTE));
  const limiter = createRateLimiter(rateLimit);
  const restLimiter = createRestLimiter(options.restPerMinute ?? 960);
  const enqueue = createEnqueue({ book, limiter, apply: createApply(book, moves, tell), eventBook });
  const tokens = new Set(options.tokens ?? [FAKE_PAGERDUTY_TOKEN]);
  const rest = createRest({ book, moves, tokens, limiter: restLimiter });
  const { faults, take: takeFault } = createFaults();
  const requests: LoggedRequest[] = [];
  const respond = createResponder({ takeFault, eventBook, enqueue, rest, requests, keep, stopped });
  const parts = {
    state: createState(book),
    log: eventBook.log,
    people: createPeople(book, moves, tell),
    webhooks,
    faults,
    limits: { events: limiter.set, rest: restLimiter.set },
    requests,
  };
  const control = createController(parts);
  const server = createServer((request, response) => {
    const handle = request.url === '/_control' ? control : respond;
    handle(request, response).catch(() => response.destroy());
  });
  await listen(server, options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> => {
    stopping.abort();
    return stop(server);
  };
  return { url: `http://127.0.0.1:${port}`, port, ...parts, close };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
