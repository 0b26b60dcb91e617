import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRunningClock, type FakeClock } from '../peeringdb/clock';
import { createAbout, type FakeIxapiAbout } from './about';
import type { ProblemType } from './answers';
import { createController } from './control';
import { createFaults, type FakeIxapiFaults } from './faults';
import { generate, type DataOptions } from './generate';
import { FAKE_IXAPI_KEY, OTHER_IXAPI_KEY, type ApiKey } from './keys';
import { createLifecycle } from './lifecycle';
import { createLimiter, type FakeIxapiLimits, type RateLimit } from './limits';
import { createLists } from './lists';
import { createLog, type FakeIxapiLog } from './log';
import type { IxapiVersion } from './model';
import type { Paging } from './paging';
import { createResponder } from './respond';
import { createRest } from './rest';
import { createState, type FakeIxapiState } from './state';
import { createTokenDesk, type FakeIxapiTokens, type Lifetimes } from './tokens';
import { createWrite } from './writes';

export interface FakeIxapiOptions {
  /** '2.7.1' by default. */
  readonly version?: IxapiVersion;
  readonly data?: DataOptions;
  /** FAKE_IXAPI_KEY and OTHER_IXAPI_KEY by default. */
  readonly keys?: readonly ApiKey[];
  readonly lifetimes?: Lifetimes;
  /** Pages of 100 with 2.7.1, none with 2.1.0 by default. */
  readonly paging?: Paging | 'off';
  /** Off by default. */
  readonly rateLimit?: RateLimit | 'off';
  /** What problem documents are called; 'application/json' by default, as declared. */
  readonly problems?: ProblemType;
  /** '/api/v2' by default, '/api/v1' with version 1. */
  readonly basePath?: string;
  readonly port?: number;
}

/** How lists are paged, while it runs. */
export interface FakeIxapiPaging {
  readonly set: (paging: Paging | 'off') => void;
}

export interface FakeIxapi {
  /** With the base path, as an exchange gives it to its members. */
  readonly url: string;
  /** Without it. */
  readonly origin: string;
  readonly port: number;
  readonly state: FakeIxapiState;
  readonly tokens: FakeIxapiTokens;
  readonly faults: FakeIxapiFaults;
  readonly limits: FakeIxapiLimits;
  readonly paging: FakeIxapiPaging;
  readonly about: FakeIxapiAbout;
  readonly log: FakeIxapiLog;
  /** Tokens expire and configurations end by this clock; it runs, and can be put forward. */
  readonly clock: FakeClock;
  readonly close: () => Promise<void>;
}

/** Starts the IX-API of a made-up exchange on 127.0.0.1. */
export async function startFakeIxapi(options: FakeIxapiOptions = {}): Promise<FakeIxapi> {
  const { version = '2.7.1', data = {}, problems = 'application/json' } = options;
  const base = options.basePath ?? (version === '1' ? '/api/v1' : '/api/v2');
  let paging = options.paging ?? (version === '2.7.1' ? {} : 'off');
  const stopping = new AbortController();
  const clock = createRunningClock();
  const book = generate(data);
  const lifecycle = createLifecycle(book, clock.now);
  const lists = createLists(book, version, () => paging);
  const write = createWrite(book, lists, lifecycle, clock.now);
  const desk = createTokenDesk(options.keys ?? [FAKE_IXAPI_KEY, OTHER_IXAPI_KEY], options.lifetimes ?? {}, clock);
  const limiter = createLimiter(options.rateLimit ?? 'off');
  const about = createAbout(version, paging !== 'off');
  const { faults, take: takeFault } = createFaults();
  const { log, requests } = createLog();
  const rest = createRest({ version, desk, limiter, about, lists, write });
  const revoke = (): void => desk.tokens.revoke('access');
  const { settle } = lifecycle;
  const respond = createResponder({
    ...{ base, takeFault, rest, revoke, requests, problems, settle, stopped: stopping.signal },
  });
  const parts = {
    state: createState(book, lifecycle, data.seed ?? 1),
    tokens: desk.tokens,
    faults,
    limits: limiter.limits,
    paging: { set: (next: Paging | 'off'): void => void (paging = next) },
    about: about.about,
    log,
    clock,
  };
  const control = createController(parts);
  const server = createServer((request, response) => {
    const handle = request.url === '/_control' ? control : respond;
    handle(request, response).catch(() => response.destroy());
  });
  await listen(server, options.port ?? 0);
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  const close = (): Promise<void> => {
    stopping.abort();
    return stop(server);
  };
  return { url: `${origin}${base}`, origin, port, ...parts, close };
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
