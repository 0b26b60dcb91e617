import { createTemporal, type Temporal } from '../api/temporal/client';
import { loadOrCreateSecret, secretPath } from '../config/bootstrap';
import type { Log } from '../config/log';
import { removeRunFile, writeRunFile } from '../config/run-file';
import type { Config } from '../config/schema';
import type { Secret } from '../config/secret';
import type { TemporalConnection } from '../config/temporal';
import { createStore } from '../store/knex';
import { migrate } from '../store/migrate';
import { startApiRole } from './api-role';
import { bundleApart } from './bundle';
import { holdDataDir } from './data-dir-lock';
import { EngineError, PortInUseError } from './errors';
import { tryPort } from './ports';
import { createProbes } from './probes';
import { usePostgres, useTemporal, type Server } from './servers';
import { startWorkerRole } from './worker-role';

/** A running product, or one role of it. */
export interface Product {
  /** Where the API answers; undefined for a worker alone. */
  readonly url?: string;
  /** What to tell who started it, a line each. */
  readonly block: readonly string[];
  /** Rejects when a part fails that cannot be started again. */
  readonly failed: Promise<never>;
  /** Lets what runs end, then stops everything that was started, in order. */
  stop(): Promise<void>;
}

export interface ProductOptions {
  readonly config: Config;
  readonly log: Log;
  /** Hears what is done while that takes long. */
  readonly progress: (line: string) => void;
}

/** Runs what was pushed in reverse order; one that fails does not keep the others from running. */
class Stops {
  readonly #stops: (() => Promise<unknown>)[] = [];
  #running: Promise<void> | undefined;

  constructor(private readonly log: Log) {}

  push(stop: () => Promise<unknown>): void {
    this.#stops.push(stop);
  }

  run(): Promise<void> {
    return (this.#running ??= this.#run());
  }

  async #run(): Promise<void> {
    for (const stop of this.#stops.reverse()) {
      await stop().catch((error: unknown) => this.log.error({ err: error }, 'a part did not stop in order'));
    }
  }
}

const secretOf = (
  config: Config,
  log: Log,
  setting: 'API_TOKEN' | 'SECRET_KEY',
  file: 'token' | 'secret-key',
): Secret => config[setting] ?? loadOrCreateSecret(config.DATA_DIR, file, (message) => log.warn({}, message));

/** Fails once, when a promise that should never end does. */
const whenFails = (promise: Promise<unknown>, what: string): Promise<never> =>
  promise.then(
    () => new Promise<never>(() => undefined),
    (error: unknown) => {
      throw new EngineError(`${what} failed: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    },
  );

function openTemporal(config: Config, at: TemporalConnection, log: Log, stops: Stops): Temporal {
  const temporal = createTemporal({ ...at, namespace: config.TEMPORAL_NAMESPACE }, log.named('temporal'));
  stops.push(() => temporal.close());
  return temporal;
}

/** Before anything is started: the servers take a while, and would be stopped again. */
async function refusePortInUse({ PORT }: Config): Promise<void> {
  if (PORT !== 0 && (await tryPort(PORT)) === undefined) throw new PortInUseError(PORT, 'PORT', 'the API');
}

interface Roles {
  readonly api: boolean;
  readonly worker: boolean;
}

/** Roles apart share a folder in which nothing runs: they keep no data there. */
const ownsFolder = ({ DATABASE_URL, TEMPORAL_ADDRESS }: Config, { api, worker }: Roles): boolean =>
  (api && worker) || DATABASE_URL === undefined || TEMPORAL_ADDRESS === undefined;

/** Starts a role over servers that are there, and everything that it needs. */
async function assemble(options: ProductOptions, roles: Roles): Promise<Product> {
  const { config, log, progress } = options;
  const stops = new Stops(log);
  const stopping = new AbortController();
  try {
    if (ownsFolder(config, roles)) {
      const release = holdDataDir(config.DATA_DIR);
      stops.push(async () => release());
    }
    if (roles.api) await refusePortInUse(config);
    const bundle = roles.worker ? bundleApart() : undefined;
    bundle?.catch(() => undefined);
    const track = async <A>(server: Promise<Server<A>>): Promise<Server<A>> => {
      const started = await server;
      stops.push(() => started.stop());
      return started;
    };
    const servers = await Promise.allSettled([
      track(usePostgres(config, log)),
      track(useTemporal(config, log, progress)),
    ]);
    const [postgres, temporalServer] = [valueOf(servers[0]), valueOf(servers[1])];
    const secretKey = secretOf(config, log, 'SECRET_KEY', 'secret-key');
    const knex = createStore(postgres.at, { log: log.named('store') });
    stops.push(() => knex.destroy());
    await migrate(knex);
    const temporal = openTemporal(config, temporalServer.at, log, stops);

    const failures: Promise<never>[] = [];
    if (bundle) {
      // Not waited for: the API answers, and says what is missing, while the worker still looks for its server.
      const { signal } = stopping;
      const worker = startWorkerRole({ config, knex, temporal: temporalServer.at, secretKey, bundle, log, signal });
      stops.push(async () => (await worker.catch(() => undefined))?.stop());
      failures.push(
        whenFails(
          worker.then(({ finished }) => finished),
          'the worker',
        ),
      );
    }
    const block = [...postgres.shown, ...temporalServer.shown];
    const stop = (): Promise<void> => {
      stopping.abort();
      return stops.run();
    };
    if (!roles.api) return { block, failed: Promise.race(failures), stop };

    const token = secretOf(config, log, 'API_TOKEN', 'token');
    const probes = createProbes({
      knex,
      temporal,
      postgresStatus: postgres.status,
      temporalStatus: temporalServer.status,
    });
    const server = await startApiRole({ config, knex, temporal, token, secretKey, probes, log });
    stops.push(() => server.close());
    const url = config.PUBLIC_URL ?? server.url;
    writeRunFile(config.DATA_DIR, server.url);
    stops.push(async () => removeRunFile(config.DATA_DIR));
    failures.push(whenFails(server.schedules, 'setting the schedules'));
    const tokenShown = config.API_TOKEN
      ? 'API token as given by API_TOKEN'
      : `API token in ${secretPath(config.DATA_DIR, 'token')}`;
    return {
      url,
      block: [`API ${url}/api/ (documentation: ${url}/api/schema/swagger-ui/)`, tokenShown, ...block],
      failed: Promise.race(failures),
      stop,
    };
  } catch (error) {
    stopping.abort();
    await stops.run();
    throw error;
  }
}

function valueOf<T>(result: PromiseSettledResult<T>): T {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}

/** Starts the whole product. */
export const startProduct = (options: ProductOptions): Promise<Product> =>
  assemble(options, { api: true, worker: true });

/** Starts the API alone, over a database and a Temporal server of the settings. */
export const startApi = (options: ProductOptions): Promise<Product> => assemble(options, { api: true, worker: false });

/** Starts a worker alone, likewise. */
export const startWorkerAlone = (options: ProductOptions): Promise<Product> =>
  assemble(options, { api: false, worker: true });
