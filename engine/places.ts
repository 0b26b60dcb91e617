import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { EngineError } from './errors';
import { canExecute, makeReachable, type User } from './service-user';

/** Where root keeps the data of a `DATA_DIR` that PostgreSQL's user cannot enter. */
const SHARED_STATE = '/var/lib/crossconnect';

/** The path of `DATA_DIR/postgres`: the folder of PostgreSQL's data, or a link to it. */
const postgresLink = (dataDir: string): string => join(dataDir, 'postgres');

/**
 * Where data that cannot be in `dataDir` goes. The password is part of the name: a `dataDir` that was deleted and made
 * anew does not meet the data of the old one, which the new password would not open.
 */
const sharedPlace = (dataDir: string, password: string): string =>
  join(
    SHARED_STATE,
    createHash('sha256')
      .update(`${realpathSync(dataDir)}\0${password}`)
      .digest('hex')
      .slice(0, 12),
  );

function existing(path: string): string | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return undefined;
  try {
    return realpathSync(path);
  } catch (error) {
    throw new EngineError(
      `'${path}' leads to '${readlinkSync(path)}', which is not there: expected PostgreSQL's data; restore it, or delete the link to begin anew`,
      { cause: error },
    );
  }
}

/** The folder of the data that an earlier start made; nothing before the first one. */
export const existingData = (dataDir: string): string | undefined => existing(postgresLink(dataDir));

/** The major version of PostgreSQL that made the data. */
export const majorOf = (data: string): string => readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();

/**
 * The folder in which new data is made, and can be entered by `user`: `dataDir` itself if possible. If not, it is one
 * outside, which `DATA_DIR/postgres` will lead to.
 */
export async function placeForNewData(dataDir: string, password: string, user: User | undefined): Promise<string> {
  if (user === undefined || (await canExecute(dataDir, user))) return dataDir;
  const place = sharedPlace(dataDir, password);
  makeReachable(SHARED_STATE);
  makeReachable(place);
  return place;
}

/** Deletes the data that is kept elsewhere for `dataDir`, if any is; what is below `dataDir` itself stays. */
export function removeDataElsewhere(dataDir: string): void {
  const place = dirname(existingData(dataDir) ?? '');
  if (dirname(place) === SHARED_STATE) rmSync(place, { recursive: true });
}

/** Leads from `dataDir` to data that lies elsewhere, so that it is found by the next start and by people. */
export function linkData(dataDir: string, data: string): void {
  const link = postgresLink(dataDir);
  if (data !== link) symlinkSync(data, link);
}

/** Makes a folder that only `user` can read. */
export function makePrivate(folder: string, user: User | undefined): void {
  mkdirSync(folder);
  chmodSync(folder, 0o700);
  if (user) chownSync(folder, user.uid, user.gid);
}
