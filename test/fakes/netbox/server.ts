import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRng } from '../peeringdb/rng';
import { createChangeLog } from './change-log';
import type { FakeWebhook } from './deliver';
import { createController } from './control';
import { createDeliveries, type FakeDeliveries } from './deliveries';
import { createEditor } from './editor';
import { createFaults, type FakeNetboxFaults } from './faults';
import { generate } from './generate';
import { createPayloads } from './payload';
import { createResponder } from './respond';
import { createRoutes } from './routes';
import { createRelatedShows } from './show';
import { createDeviceShows } from './show-device';
import { createState, type FakeNetboxState } from './state';
import { createClock } from './time';
import { behaviourOf, type NetboxVersion } from './versions';

/** The v1 token that the fake accepts unless told otherwise. */
export const FAKE_NETBOX_TOKEN = '0123456789abcdef0123456789abcdef01234567';

export interface FakeNetboxOptions {
  /** 20 by default. */
  readonly devices?: number;
  readonly seed?: number;
  /** '4.6' by default. */
  readonly version?: NetboxVersion;
  readonly tokens?: readonly string[];
  readonly webhooks?: readonly FakeWebhook[];
  /** How many milliseconds a page of 1000 rows takes; pages take time by their rows. */
  readonly paceMs?: number;
  /** MAX_PAGE_SIZE; 1000 by default. */
  readonly maxPageSize?: number;
  readonly port?: number;
}

/** One request as the fake saw it. */
export interface LoggedRequest {
  readonly method: string;
  /** With its parameters. */
  readonly path: string;
  /** Milliseconds. */
  readonly at: number;
  /** 0 while there is no answer, and when there was none. */
  status: number;
  readonly user_agent: string;
  /** The scheme only. */
  readonly authorization: string;
}

export interface FakeNetbox {
  /** Without `/api`. */
  readonly url: string;
  readonly port: number;
  readonly state: FakeNetboxState;
  readonly webhooks: FakeDeliveries;
  readonly faults: FakeNetboxFaults;
  /** Tokens that are accepted; add and delete at will. */
  readonly tokens: Set<string>;
  readonly requests: LoggedRequest[];
  readonly close: () => Promise<void>;
}

/** Starts a NetBox on 127.0.0.1 that answers and sends webhooks as the given version does, with made-up data. */
export async function startFakeNetbox(options: FakeNetboxOptions = {}): Promise<FakeNetbox> {
  const { seed = 1, devices = 20, version = '4.6', maxPageSize = 1000, paceMs = 0 } = options;
  const rng = createRng(seed).fork('changes');
  const behaviour = behaviourOf(version);
  const database = generate(seed, devices);
  const related = createRelatedShows(database, behaviour);
  const shows = createDeviceShows(database, related, behaviour);
  const { deliveries, enqueue, stop } = createDeliveries(options.webhooks ?? []);
  const changes = createChangeLog(rng);
  const clock = createClock();
  const payloads = createPayloads(shows, behaviour);
  const editor = createEditor({ database, behaviour, shows, changes, clock, payloads, enqueue });
  const state = createState({ database, changes, editor, clock, rng });
  const route = createRoutes({ database, behaviour, related, shows, editor, state });
  const faults = createFaults();
  const tokens = new Set(options.tokens ?? [FAKE_NETBOX_TOKEN]);
  const requests: LoggedRequest[] = [];
  const respond = createResponder({ behaviour, faults, tokens, requests, state, route, maxPageSize, paceMs });
  const control = createController({ state, webhooks: deliveries, faults, tokens, requests });
  const server = createServer((request, response) => {
    const handle = request.url === '/_control' ? control : respond;
    handle(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      stop();
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, port, state, webhooks: deliveries, faults, tokens, requests, close };
}
