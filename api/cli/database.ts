import type { Knex } from 'knex';
import { loadConfig } from '../../config/load';
import { holdDataDir } from '../../engine/data-dir-lock';
import { startPostgres } from '../../engine/postgres';
import { createStore } from '../../store/knex';
import { CliError } from './exit';
import type { Io } from './io';
import { findTarget } from './target';

const quiet = (): undefined => undefined;

/** A small pool for one command. Knex says nothing by itself: standard output is for data, and its errors are thrown as well. */
export function openDatabase(url: string, command: string): Knex {
  return createStore(url, {
    max: 2,
    applicationName: `crossconnect ${command}`,
    log: { warn: quiet, error: quiet, deprecate: quiet, debug: quiet },
  });
}

async function withUrl<T>(url: string, command: string, work: (knex: Knex) => Promise<T>): Promise<T> {
  const knex = openDatabase(url, command);
  try {
    return await work(knex);
  } finally {
    await knex.destroy();
  }
}

/**
 * Works on the database of the settings. The embedded one is started for as long as it takes, unless the product runs:
 * then it has been brought up to date already, and only one server can have the data.
 */
export async function withDatabase<T>(io: Io, command: string, work: (knex: Knex) => Promise<T>): Promise<T> {
  const config = loadConfig(io.env);
  if (config.DATABASE_URL) return withUrl(config.DATABASE_URL.reveal(), command, work);
  const { pid } = findTarget(io.env) ?? {};
  if (pid !== undefined) {
    throw new CliError(`crossconnect runs (process ${pid}) and has its embedded database: every start migrates it`);
  }
  const say = (_fields: object, message: string): void => void io.stderr.write(`${message}\n`);
  const log = { debug: quiet, info: quiet, warn: say, error: say };
  io.stderr.write('starting the embedded PostgreSQL\n');
  const release = holdDataDir(config.DATA_DIR);
  try {
    const postgres = await startPostgres({ dataDir: config.DATA_DIR, log });
    try {
      return await withUrl(postgres.url, command, work);
    } finally {
      await postgres.stop();
    }
  } finally {
    release();
  }
}
