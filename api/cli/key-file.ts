import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { errorCode } from '../../config/error-code';
import { CliError } from './exit';

/** A file made for one secret, for its owner only. */
export interface KeyFile {
  write(secret: string): void;
  /** Removes the file, when there is nothing to write after all. */
  discard(): void;
}

/** Makes the file before the secret exists, so that no secret is made that cannot be kept. An existing file is refused. */
export function createKeyFile(path: string): KeyFile {
  let handle: number;
  try {
    handle = openSync(path, 'wx', 0o600);
  } catch (error) {
    throw new CliError(
      `'${path}' cannot be made (${errorCode(error)}): expected a path of no existing file for --key-file`,
    );
  }
  return {
    write: (secret) => {
      writeSync(handle, `${secret}\n`);
      fsyncSync(handle);
      closeSync(handle);
    },
    discard: () => {
      closeSync(handle);
      rmSync(path, { force: true });
    },
  };
}
