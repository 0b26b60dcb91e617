import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readRunFile } from '../../config/run-file';
import { until } from './processes';
import { startProductProcess, type ProductProcess } from './product-process';
import { runCli, type CliRun } from './run-cli';

const run = promisify(execFile);
const START_MS = 120_000;

/** What the API answered. */
export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  // Tests look at what they expect; the shapes are the OpenAPI document's business.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

/** A product that answers, and the ways of asking it that a user has. */
export interface StartedProduct {
  readonly process: ProductProcess;
  readonly url: string;
  readonly token: string;
  readonly get: (path: string, token?: string) => Promise<ApiAnswer>;
  readonly post: (path: string, body?: object, token?: string) => Promise<ApiAnswer>;
  /** A command line that finds the product by itself. */
  readonly cli: (...argv: string[]) => Promise<CliRun>;
}

/** Everything that a process said, on both of its outputs. */
export const outputOf = (process: ProductProcess): string =>
  `${process.said()}\n${process.lines.map((line) => JSON.stringify(line)).join('\n')}`;

/** Starts a role that has an API, and waits until that answers at all. */
export async function startProduct(
  role: 'start' | 'api',
  settings: Readonly<Record<string, string>> & { readonly DATA_DIR: string },
): Promise<StartedProduct> {
  const { DATA_DIR } = settings;
  const process = startProductProcess(role, settings);
  await until(() => {
    if (process.hasEnded()) throw new Error(`the product ended: ${outputOf(process)}`);
    return readRunFile(DATA_DIR)?.pid === process.pid;
  }, START_MS);
  const url = readRunFile(DATA_DIR)?.url ?? '';
  const token = settings['API_TOKEN'] ?? readFileSync(join(DATA_DIR, 'token'), 'utf8').trim();
  const ask = async (method: string, path: string, as: string, body?: object): Promise<ApiAnswer> => {
    const response = await fetch(url + path, {
      method,
      headers: { authorization: `Token ${as}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  };
  return {
    process,
    url,
    token,
    get: (path, as = token) => ask('GET', path, as),
    post: (path, body, as = token) => ask('POST', path, as, body),
    cli: (...argv) => runCli({ DATA_DIR, ...(settings['API_TOKEN'] ? { API_TOKEN: token } : {}) }, ...argv),
  };
}

/** Waits until nothing is missing any more. */
export async function untilReady({ get, process }: StartedProduct): Promise<void> {
  await until(async () => {
    if (process.hasEnded()) throw new Error(`the product ended: ${outputOf(process)}`);
    return (await get('/health/ready').catch(() => undefined))?.status === 200;
  }, START_MS);
}

/** All processes that a process started, and those that they started. */
export async function descendantsOf(pid: number): Promise<{ readonly pid: number; readonly command: string }[]> {
  const { stdout } = await run('ps', ['-eo', 'pid=,ppid=,args=']);
  const all = stdout.split('\n').flatMap((line) => {
    const [, own, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return own === undefined ? [] : [{ pid: Number(own), parent: Number(parent), command: command ?? '' }];
  });
  const below = (of: number): typeof all =>
    all.filter(({ parent }) => parent === of).flatMap((child) => [child, ...below(child.pid)]);
  return below(pid);
}
