import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { draftIn } from './drafts';
import { EngineError } from './errors';
import { existingData, linkData, makePrivate, placeForNewData } from './places';
import type { PostgresBinaries } from './postgres-binaries';
import { asUser, type User } from './service-user';

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

/** How to make PostgreSQL's data. */
export interface InitOptions {
  readonly binaries: PostgresBinaries;
  /** The user whom the data is to belong to; nothing for ourselves. */
  readonly user: User | undefined;
  /** Whether the data is to outlive a crash of the machine from the first moment on. */
  readonly durable: boolean;
}

async function initialise(data: string, password: string, { binaries, user, durable }: InitOptions): Promise<void> {
  const draft = draftIn(dirname(data), 'postgres');
  const passwordFile = `${draft}.password`;
  // The C locale sorts and compares the same on every machine, and fastest; the product's texts are UTF-8 all the same.
  const args = [
    '-D',
    draft,
    '-U',
    OWNER,
    '-A',
    'scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--locale=C',
    '-E',
    'UTF8',
  ];
  try {
    makePrivate(draft, user);
    writeFileSync(passwordFile, password, { mode: 0o600 });
    if (user) chownSync(passwordFile, user.uid, user.gid);
    const speed = durable ? [] : ['--no-sync'];
    await run(join(binaries.bin, 'initdb'), [...args, '--no-instructions', ...speed], asUser(user));
    // Data that is half made never gets the name of data.
    renameSync(draft, data);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    const said = (error as { stderr?: string }).stderr?.trim() ?? String(error);
    throw new EngineError(`PostgreSQL could not make its data in '${data}': ${said}`, { cause: error });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** The folder of PostgreSQL's data and its password, made at the first start. `dataDir` is an absolute path. */
export async function preparePostgres(
  dataDir: string,
  options: InitOptions,
): Promise<{ readonly data: string; readonly password: string }> {
  mkdirSync(dataDir, { recursive: true });
  const found = existingData(dataDir);
  const password = loadOrCreatePassword(dataDir, found !== undefined);
  if (found !== undefined) return { data: found, password };
  const data = join(await placeForNewData(dataDir, password, options.user), 'postgres');
  // Data outside of dataDir is there already when the start that made it was killed before it linked to it.
  if (!existsSync(data)) await initialise(data, password, options);
  linkData(dataDir, data);
  return { data, password };
}
