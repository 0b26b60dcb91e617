import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { promisify } from 'node:util';
import { bareEnvironment } from './environment';

const run = promisify(execFile);

/** A user of this machine, by number. */
export interface User {
  readonly uid: number;
  readonly gid: number;
}

const NOBODY: User = { uid: 65_534, gid: 65_534 };

/** The user `nobody` as the machine knows it; its usual numbers where there is no list of users to look in. */
function nobody(): User {
  if (!existsSync('/etc/passwd')) return NOBODY;
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith('nobody:'));
  const [uid, gid] = (line ?? '').split(':').slice(2, 4).map(Number);
  // macOS counts nobody as -2.
  return uid && gid && uid > 0 && gid > 0 ? { uid, gid } : NOBODY;
}

/**
 * The user whom PostgreSQL runs as: nothing for ourselves. PostgreSQL refuses to run as root, so root lends it the owner
 * of the data that is there, or `nobody` for new data; no user of the machine is made or changed.
 */
export function postgresUser(existingData?: string): User | undefined {
  if (process.getuid?.() !== 0) return undefined;
  if (existingData === undefined) return nobody();
  const { uid, gid } = statSync(existingData);
  return uid === 0 ? nobody() : { uid, gid };
}

/** How to run a program as that user, or as ourselves: from a folder that all can enter. */
export const asUser = (user: User | undefined): Partial<User> & { cwd: string; env: NodeJS.ProcessEnv } => ({
  cwd: '/',
  env: bareEnvironment(),
  ...user,
});

/** Whether the user can run this program, or enter this folder; asked of the system itself, as that user. */
export async function canExecute(path: string, user: User | undefined): Promise<boolean> {
  return run('/bin/sh', ['-c', 'test -x "$1"', 'sh', path], asUser(user)).then(
    () => true,
    () => false,
  );
}

/** Makes a folder that every user may enter, whatever our umask is; an existing one stays as it is. */
export function makeReachable(folder: string): void {
  if (mkdirSync(folder, { recursive: true }) !== undefined) chmodSync(folder, 0o755);
}
