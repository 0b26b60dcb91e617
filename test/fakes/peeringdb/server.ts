import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFakeClock, type FakeClock } from './clock';
import type { Controller } from '../control';
import { createController } from './control';
import { createFaults, type Faults } from './faults';
import { generate } from './generate';
import { createResponder } from './respond';
import { createLimiter, type Limits } from './limits';
import { createListFiles, type ListFiles } from './list-files';
import { parseQuery } from './query';
import { createState, type State } from './state';

/** The key that the fake accepts unless told otherwise. */
export const FAKE_API_KEY = 'fake-peeringdb-key';

export interface FakePeeringdbOptions {
  readonly seed?: number;
  /** 1 is PeeringDB's own size; 0.01 by default. */
  readonly scale?: number;
  /** By default a clock of its own that stands still, at the end of the generated data. */
  readonly clock?: FakeClock;
  readonly keys?: readonly string[];
  /** None by default. */
  readonly limits?: Limits;
  /** Writes the list files again after so many seconds of the clock; never by default. */
  readonly listFileInterval?: number;
  readonly port?: number;
}

/** One request as the fake saw it. */
export interface LoggedRequest {
  readonly method: string;
  /** With its parameters. */
  readonly path: string;
  readonly identity: 'anonymous' | 'key' | 'refused';
  /** Milliseconds of the fake's clock. */
  readonly at: number;
  readonly user_agent: string;
  /** 0 while there is no answer, and when there was none. */
  status: number;
  /** Bytes of the body on the wire. */
  bytes: number;
  gzip: boolean;
  /** The fault that befell it. */
  fault?: string;
}

export interface FakePeeringdb {
  /** The base address, ending in `/api`. */
  readonly url: string;
  /** The base address of the public cache files. */
  readonly cacheUrl: string;
  readonly port: number;
  readonly state: State;
  readonly faults: Faults;
  readonly clock: FakeClock;
  readonly files: ListFiles;
  /** Keys that are accepted; add and delete at will. */
  readonly keys: Set<string>;
  readonly requests: LoggedRequest[];
  readonly setLimits: (limits: Limits) => void;
  readonly close: () => Promise<void>;
}

/** Starts a PeeringDB on 127.0.0.1 that answers as version 2.82 does, with made-up data. */
export async function startFakePeeringdb(options: FakePeeringdbOptions = {}): Promise<FakePeeringdb> {
  const { seed = 1, scale = 0.01, clock = createFakeClock(), listFileInterval } = options;
  const store = generate(seed, scale);
  const files = createListFiles(store, clock);
  const parts = {
    store,
    files,
    clock,
    faults: createFaults(),
    limiter: createLimiter(clock, options.limits ?? {}),
    keys: new Set(options.keys ?? [FAKE_API_KEY]),
    requests: [] as LoggedRequest[],
  };
  const state = createState(store, clock, files, seed);
  const respond = createResponder(parts);
  const setLimits = (limits: Limits): void => parts.limiter.set(limits);
  const control = createController({ ...parts, state, setLimits });
  const server = createServer((request, response) => {
    if (listFileInterval !== undefined && clock.now() >= files.refreshedAt + listFileInterval * 1000) files.refresh();
    handle(request, response, respond, control).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    ...parts,
    url: `http://127.0.0.1:${port}/api`,
    cacheUrl: `http://127.0.0.1:${port}/public`,
    port,
    state,
    setLimits,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  respond: ReturnType<typeof createResponder>,
  control: Controller,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://fake');
  if (url.pathname === '/_control') await control(request, response);
  else await respond(request, response, url, parseQuery(url));
}
