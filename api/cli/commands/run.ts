import type { Command } from 'commander';
import { destination } from 'pino';
import { loadConfig } from '../../../config/load';
import { createLogger } from '../../../config/log';
import { startApi, startProduct, startWorkerAlone, type Product, type ProductOptions } from '../../../engine/product';
import { CliError, EXIT } from '../exit';
import type { Io } from '../io';

const STARTS: Readonly<Record<string, (options: ProductOptions) => Promise<Product>>> = {
  start: startProduct,
  api: startApi,
  worker: startWorkerAlone,
};

const STDERR = 2;

/** Resolves with the first signal that asks for a stop; a second one ends the process at once. */
const stopAsked = (): Promise<NodeJS.Signals> =>
  new Promise((resolve) => {
    let asked = false;
    const hear = (signal: NodeJS.Signals): void => {
      if (asked) process.exit(1);
      asked = true;
      resolve(signal);
    };
    process.on('SIGINT', hear);
    process.on('SIGTERM', hear);
  });

function blockOf(role: string, { block }: Product): string {
  const lines = [`Crossconnect (${role}) is running; Ctrl-C stops it and all it started.`, ...block];
  return `${lines.map((line, index) => (index === 0 ? line : `  ${line}`)).join('\n')}\n`;
}

/** A start that is not complete is not waited for: building a server takes minutes, and what was started ends with us. */
async function unlessStopped(starting: Promise<Product>, stop: Promise<NodeJS.Signals>): Promise<Product> {
  const first = await Promise.race([starting, stop]);
  if (typeof first === 'string') process.exit(EXIT.interrupted);
  return first;
}

async function run(role: string, io: Io): Promise<void> {
  const start = STARTS[role];
  if (start === undefined) throw new CliError(`${role}: no such role`);
  const config = loadConfig(io.env);
  const log = createLogger(config, destination({ dest: STDERR, sync: true }));
  const stop = stopAsked();
  const progress = (line: string): void => void io.stderr.write(`${line}\n`);
  const product = await unlessStopped(start({ config, log, progress }), stop);
  io.stdout.write(blockOf(role, product));
  try {
    const signal = await Promise.race([stop, product.failed]);
    log.info({ signal }, 'stopping');
  } finally {
    await product.stop();
  }
  log.info({}, 'stopped');
}

/** `crossconnect start`, `api` and `worker`. */
export function register(command: Command, io: Io): void {
  command.action(() => run(command.name(), io));
}
