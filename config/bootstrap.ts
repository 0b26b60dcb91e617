import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from './config-error';
import { errorCode } from './error-code';
import { Secret } from './secret';

/** Files of `DATA_DIR` that hold a generated secret: the first admin token, and the key that encrypts stored secrets. */
export type SecretFile = 'token' | 'secret-key';

const LEAST_LENGTH = 16;
const OWNER_ONLY = 0o600;
const GROUP_AND_OTHERS = 0o077;

/** 160 random bits in hex for tokens, as NetBox's are; 256 for the key. */
const generate = (file: SecretFile): string => randomBytes(file === 'token' ? 20 : 32).toString('hex');

/** The path of a secret's file. */
export const secretPath = (dataDir: string, file: SecretFile): string => join(dataDir, file);

function tighten(path: string, warn: (message: string) => void): void {
  const mode = statSync(path).mode & 0o777;
  if (process.platform === 'win32' || (mode & GROUP_AND_OTHERS) === 0) return;
  const loose = `'${path}' could be read by others (mode ${mode.toString(8)})`;
  try {
    chmodSync(path, OWNER_ONLY);
    warn(`${loose}; it is now 600`);
  } catch {
    warn(`${loose} and cannot be changed: run chmod 600 as its owner`);
  }
}

/** The secret in a file, or nothing when there is none. Throws {@link ConfigError} when the file holds too little. */
export function readSecret(
  dataDir: string,
  file: SecretFile,
  warn: (message: string) => void = () => undefined,
): Secret | undefined {
  const path = secretPath(dataDir, file);
  let value: string;
  try {
    value = readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw new ConfigError(`'${path}' cannot be read (${errorCode(error)}): expected a secret`, { cause: error });
  }
  if (value.length < LEAST_LENGTH) {
    throw new ConfigError(
      `'${path}' holds ${value.length} characters: expected at least ${LEAST_LENGTH}; restore it from a backup, or delete it to have a new one`,
    );
  }
  tighten(path, warn);
  return new Secret(value);
}

/** Writes `content` to `path`, whole or not at all, unless something is there already. */
function createOnce(path: string, content: string): void {
  const draft = `${path}.${randomUUID()}`;
  try {
    writeFileSync(draft, content, { mode: OWNER_ONLY, flag: 'wx', flush: true });
    linkSync(draft, path);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * The secret kept in `dataDir`, made on the first call. Of several processes that call it at once all get the same one.
 * `warn` hears of files that others could read; their mode is tightened.
 */
export function loadOrCreateSecret(
  dataDir: string,
  file: SecretFile,
  warn: (message: string) => void = () => undefined,
): Secret {
  const existing = readSecret(dataDir, file, warn);
  if (existing) return existing;
  const path = secretPath(dataDir, file);
  try {
    mkdirSync(dataDir, { recursive: true });
    createOnce(path, `${generate(file)}\n`);
  } catch (error) {
    throw new ConfigError(
      `'${path}' cannot be written (${errorCode(error)}): expected DATA_DIR to be a folder of ours`,
      {
        cause: error,
      },
    );
  }
  const created = readSecret(dataDir, file, warn);
  if (created) return created;
  throw new ConfigError(`'${path}' disappeared while it was being made`);
}
