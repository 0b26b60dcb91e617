import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { draftIn } from './drafts';
import { EngineError } from './errors';
import { existingData, linkData, makePrivate, placeForNewData } from './places';
import type { PostgresBinaries } from './postgres-binaries';
import type { User } from './service-user';

const run = promisify(execFile);

/** The role and the database of the product in its embedded PostgreSQL. */
export const OWNER = 'crossconnect';

const passwordPath = (dataDir: string): string => join(dataDir, 'postgres-password');

/** The password kept beside the data, made before the data is: data without its password would be of no use. */
function loadOrCreatePassword(dataDir: string, dataExists: boolean): string {
  const path = passwordPath(dataDir);
  if (existsSync(path)) return readFileSync(path, 'utf8').trim();
  if (dataExists) {
    throw new EngineError(`'${path}' is not there: expected the password of the data in '${dataDir}'; restore it`);
  }
  const password = randomBytes(24).toString('hex');
  const draft = draftIn(dataDir, 'postgres-password');
  writeFileSync(draft, `${password}\n`, { mode: 0o600, flush: true });
  renameSync(draft, path);
  return password;
}

async function initialise(place: string, password: string, binaries: PostgresBinaries, user?: User): Promise<string> {
  const data = join(place, 'postgres');
  const draft = draftIn(place, 'postgres');
  const passwordFile = `${draft}.password`;
  try {
    makePrivate(draft, user);
    writeFileSync(passwordFile, password, { mode: 0o600 });
    if (user) chownSync(passwordFile, user.uid, user.gid);
    // The C locale sorts and compares the same on every machine, and fastest; the product's texts are UTF-8 all the same.
    const access = ['-U', OWNER, '-A', 'scram-sha-256', `--pwfile=${passwordFile}`];
    await run(join(binaries.bin, 'initdb'), ['-D', draft, ...access, '--locale=C', '-E', 'UTF8', '--no-instructions'], {
      cwd: '/',
      ...user,
    });
    // Data that is half made never gets the name of data.
    renameSync(draft, data);
    return data;
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    const said = (error as { stderr?: string }).stderr?.trim() ?? String(error);
    throw new EngineError(`PostgreSQL could not make its data in '${data}': ${said}`, { cause: error });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** The folder of PostgreSQL's data and its password, made at the first start. */
export async function preparePostgres(
  dataDir: string,
  binaries: PostgresBinaries,
  user: User | undefined,
): Promise<{ readonly data: string; readonly password: string }> {
  mkdirSync(dataDir, { recursive: true });
  const found = existingData(dataDir);
  const password = loadOrCreatePassword(dataDir, found !== undefined);
  if (found !== undefined) return { data: found, password };
  const place = await placeForNewData(dataDir, user);
  const data = await initialise(resolve(place), password, binaries, user);
  linkData(resolve(dataDir), data);
  return { data, password };
}
