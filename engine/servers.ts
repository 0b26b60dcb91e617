import { mkdirSync } from 'node:fs';
import type { Log } from '../config/log';
import type { Config } from '../config/schema';
import { temporalConnection, type TemporalConnection } from '../config/temporal';
import type { ChildStatus } from './child';
import { startPostgres } from './postgres';
import { startTemporal } from './temporal';

/** A server that the product works with: our own, or one of the settings. */
export interface Server<A> {
  readonly at: A;
  /** Where it is, for people. */
  readonly shown: readonly string[];
  /** Of our own one only. */
  readonly status?: () => ChildStatus;
  stop(): Promise<void>;
}

const nothing = (): Promise<void> => Promise.resolve();

/** The address of a database without its password. */
function withoutPassword(url: string): string {
  const shown = new URL(url);
  shown.password = '';
  return shown.href;
}

/** PostgreSQL: the one of `DATABASE_URL`, else one of our own. */
export async function usePostgres(config: Config, log: Log): Promise<Server<string>> {
  if (config.DATABASE_URL) {
    const url = config.DATABASE_URL.reveal();
    return { at: url, shown: [withoutPassword(url)], stop: nothing };
  }
  mkdirSync(config.DATA_DIR, { recursive: true });
  const postgres = await startPostgres({ dataDir: config.DATA_DIR, log: log.named('engine') });
  return {
    at: postgres.url,
    shown: [`PostgreSQL ${postgres.version}, data in ${postgres.where.data}`],
    status: () => postgres.status(),
    stop: () => postgres.stop(),
  };
}

/** Temporal: the one of `TEMPORAL_ADDRESS`, else one of our own. */
export async function useTemporal(
  config: Config,
  log: Log,
  progress: (line: string) => void,
): Promise<Server<TemporalConnection>> {
  if (config.TEMPORAL_ADDRESS) {
    return { at: temporalConnection(config), shown: [`Temporal at ${config.TEMPORAL_ADDRESS}`], stop: nothing };
  }
  mkdirSync(config.DATA_DIR, { recursive: true });
  const server = await startTemporal({
    dataDir: config.DATA_DIR,
    cliPath: config.TEMPORAL_CLI_PATH,
    namespaces: [config.TEMPORAL_NAMESPACE],
    uiPort: config.TEMPORAL_UI_PORT,
    log: log.named('engine'),
    progress,
  });
  return {
    at: temporalConnection(config, server.address),
    shown: [
      ...(server.uiUrl === null ? [] : [`Temporal UI ${server.uiUrl}`]),
      `Temporal ${server.address}, data in ${server.where.data}`,
    ],
    status: () => server.status(),
    stop: () => server.stop(),
  };
}
