import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres, type EmbeddedPostgres } from '../../engine/postgres';
import { startTemporal, type EmbeddedTemporal } from '../../engine/temporal';
import { fileLog } from './engine';
import { until } from './processes';
import type { ProductProcess } from './product-process';
import { startProduct, untilReady, type StartedProduct } from './started-product';

/** What can be killed: the product, which is the API and the worker, or one of the servers behind it. */
export type Victim = 'product' | 'postgres' | 'temporal';

/** Starts PostgreSQL and Temporal, which come back by themselves. */
export async function startServers(
  folder: string,
  namespace: string,
): Promise<{ readonly postgres: EmbeddedPostgres; readonly temporal: EmbeddedTemporal }> {
  const log = fileLog(join(folder, 'engine.log'));
  const postgres = await startPostgres({ dataDir: folder, log, settings: { fsync: 'off' } });
  const cliPath = process.env['TEMPORAL_CLI_PATH'];
  const others = { namespaces: [namespace], uiPort: null, synchronous: 'off', progress: console.error } as const;
  const temporal = await startTemporal({ dataDir: folder, cliPath, log, ...others }).catch(async (error: unknown) => {
    await postgres.stop();
    throw error;
  });
  return { postgres, temporal };
}

/** Kills a server with SIGKILL, once it runs. */
export async function killServer(server: EmbeddedPostgres | EmbeddedTemporal): Promise<void> {
  await until(() => server.status().state === 'running' && server.status().pid !== undefined, 120_000);
  process.kill(server.status().pid!, 'SIGKILL');
}

/** A product that is started again and again. */
export interface KeptProduct {
  /** The product, once nothing is missing. */
  ready(): Promise<StartedProduct>;
  kill(): Promise<void>;
  /** How it ended when nobody killed it. */
  readonly ended: readonly string[];
  close(): Promise<void>;
}

/** A product that is started again whenever it ends, as any process manager does. */
export function keepProduct(settings: Readonly<Record<string, string>> & { readonly DATA_DIR: string }): KeptProduct {
  let current: StartedProduct | undefined;
  let running: ProductProcess | undefined;
  let isOver = false;
  let killed: ProductProcess | undefined;
  const ended: string[] = [];
  const keep = async (): Promise<void> => {
    while (!isOver) {
      current = undefined;
      const started = await startProduct('start', settings).catch(() => undefined);
      current = started;
      running = started?.process;
      const how = await (started?.process.exit ?? sleep(500));
      if (started && killed !== started.process)
        ended.push(`${how}: ${JSON.stringify(started.process.lines.slice(-5))}`);
    }
  };
  const kept = keep();
  return {
    ready: async (): Promise<StartedProduct> => {
      await until(() => current !== undefined && !current.process.hasEnded(), 120_000);
      await untilReady(current!);
      return current!;
    },
    kill: async (): Promise<void> => {
      await until(() => current !== undefined, 120_000);
      killed = current?.process;
      await killed?.kill();
    },
    ended,
    close: async (): Promise<void> => {
      isOver = true;
      killed = running;
      await running?.kill();
      await kept;
    },
  };
}
