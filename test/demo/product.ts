import { spawn } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { readRunFile } from '../../config/run-file';
import { startOwned } from '../../engine/owned-process';

const BIN = join(__dirname, '../../bin/crossconnect.cjs');
/** Building Temporal's server takes minutes, once. */
const START_MS = 15 * 60_000;
const CLI_MS = 120_000;

/** What the API answered. */
export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: T;
}

/** What a command line said on standard output, and how it ended. */
export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
}

/** `npm start` as a process of its own, and the ways of asking it that a user has. */
export interface Product {
  readonly url: string;
  readonly dataDir: string;
  /** Asks the API with the token in `DATA_DIR/token`. */
  get<T>(path: string): Promise<Answer<T>>;
  post<T>(path: string, body?: object): Promise<Answer<T>>;
  patch<T>(path: string, body: object): Promise<Answer<T>>;
  /** Runs the command line; progress goes to this terminal. */
  cli(...args: string[]): Promise<CliRun>;
  /** Lets it drain; resolves once it has ended. */
  stop(): Promise<void>;
  /** `kill -9` of the process that is API and worker; its pid, once it is gone. */
  kill(): Promise<number>;
}

/** What it says that is no log line goes to `onLine`. */
function startProcess(env: NodeJS.ProcessEnv, log: string, onLine: (line: string) => void) {
  return startOwned(
    {
      command: process.execPath,
      args: ['--max-semi-space-size=4', BIN, 'start'],
      stopSignal: 'INT',
      stopSeconds: 60,
      env,
    },
    (line) => {
      appendFileSync(log, `${line}\n`);
      if (!line.startsWith('{')) onLine(line);
    },
  );
}

async function waitUntilReady(dataDir: string, hasEnded: () => boolean): Promise<string> {
  for (const deadline = Date.now() + START_MS; Date.now() < deadline;) {
    await sleep(100);
    if (hasEnded()) throw new Error('the product ended instead of starting; its lines above say why');
    const url = readRunFile(dataDir)?.url;
    const ready = url === undefined ? undefined : await fetch(`${url}/health/ready`).catch(() => undefined);
    if (url !== undefined && ready?.status === 200) return url;
  }
  throw new Error(`the product was not ready after ${START_MS / 60_000} minutes`);
}

function createAsk(url: string, token: string) {
  return async <T>(method: string, path: string, body?: object): Promise<Answer<T>> => {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Token ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(60_000),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as T };
  };
}

async function runCli(env: NodeJS.ProcessEnv, args: readonly string[]): Promise<CliRun> {
  const child = spawn(process.execPath, [BIN, ...args], { env, stdio: ['ignore', 'pipe', 'inherit'], timeout: CLI_MS });
  const code = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { stdout: await text(child.stdout), code: await code };
}

/** Starts the product, as `npm start` does, and waits until it is ready. It ends when we do, however that happens. */
export async function startProduct(env: NodeJS.ProcessEnv, onLine: (line: string) => void): Promise<Product> {
  const dataDir = env['DATA_DIR'] ?? '';
  const owned = startProcess(env, join(dataDir, 'product.log'), onLine);
  let ended = false;
  void owned.exit.then(() => (ended = true));
  const stop = async (): Promise<void> => {
    owned.release();
    await owned.exit;
  };
  const kill = async (): Promise<number> => {
    const pid = await owned.pid;
    process.kill(pid, 'SIGKILL');
    await owned.exit;
    return pid;
  };
  try {
    const url = await waitUntilReady(dataDir, () => ended);
    const ask = createAsk(url, readFileSync(join(dataDir, 'token'), 'utf8').trim());
    return {
      url,
      dataDir,
      get: (path) => ask('GET', path),
      post: (path, body) => ask('POST', path, body),
      patch: (path, body) => ask('PATCH', path, body),
      cli: (...args) => runCli(env, args),
      ...{ stop, kill },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
