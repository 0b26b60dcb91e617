import type { Command } from 'commander';
import { request } from 'undici';
import { errorCode } from '../../../config/error-code';
import { loadConfig } from '../../../config/load';
import { CliError } from '../exit';
import { printable, type Io } from '../io';
import { findTarget } from '../target';

/** The address at which a product of these settings listens, as seen from its own machine. */
function localUrl(env: NodeJS.ProcessEnv): string {
  const { HOST, PORT } = loadConfig(env);
  const host = ['0.0.0.0', '::'].includes(HOST) ? 'localhost' : HOST;
  return `http://${host.includes(':') ? `[${host}]` : host}:${PORT}`;
}

async function healthcheck(io: Io, timeoutMs: number): Promise<void> {
  const url = `${findTarget(io.env)?.url ?? localUrl(io.env)}/health/ready`;
  try {
    const answer = await request(url, { signal: AbortSignal.timeout(timeoutMs) });
    const text = await answer.body.text();
    if (answer.statusCode === 200) io.stdout.write('ready\n');
    else throw new CliError(printable(`${url} answered ${answer.statusCode}: ${text.slice(0, 500)}`));
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`${url} does not answer (${errorCode(error) || String(error)})`);
  }
}

/** `crossconnect healthcheck`, for Docker's HEALTHCHECK. */
export function register(command: Command, io: Io): void {
  command
    .option('--timeout <seconds>', 'how long to wait for an answer', '5')
    .action((options: { timeout: string }) => healthcheck(io, Number(options.timeout) * 1_000 || 5_000));
}
