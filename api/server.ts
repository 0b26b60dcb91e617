import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import { ConfigError } from '../config/config-error';
import { errorCode } from '../config/error-code';

/** A listening API. */
export interface RunningServer {
  /** Where it answers, such as `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Takes no new connections, lets requests in flight end (at most `deadlineMs`), then cuts what is left. */
  close(deadlineMs?: number): Promise<void>;
}

/** How long requests in flight may take to end. */
const DRAIN_MS = 10_000;

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use: set PORT to another one',
  EACCES: 'needs privileges that this process does not have: set PORT to one above 1023',
  EADDRNOTAVAIL: 'is not an address of this machine: set HOST to one that is',
  ENOTFOUND: 'is not an address of this machine: set HOST to one that is',
};

async function bind(server: Server, host: string, port: number): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    const reason = REASONS[errorCode(error)] ?? `cannot be listened on (${errorCode(error)})`;
    throw new ConfigError(`PORT: ${port} on ${host} ${reason}`, { cause: error });
  }
}

async function drain(server: Server, deadlineMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  // A connection that is kept alive becomes idle only when its request has ended.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), deadlineMs);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
}

/** Listens. Throws {@link ConfigError} that names the setting when the address cannot be had. `port` 0 takes a free one. */
export async function listen(app: Express, { host, port }: { host: string; port: number }): Promise<RunningServer> {
  const server = createServer({ requestTimeout: 60_000 }, app);
  await bind(server, host, port);
  const address = server.address() as AddressInfo;
  const shown = ['0.0.0.0', '::'].includes(host) ? 'localhost' : host;
  let closing: Promise<void> | undefined;
  return {
    url: `http://${shown.includes(':') ? `[${shown}]` : shown}:${address.port}`,
    close: (deadlineMs = DRAIN_MS) => (closing ??= drain(server, deadlineMs)),
  };
}
