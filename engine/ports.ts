import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/** The only address that the embedded engine listens on. */
export const LOOPBACK = '127.0.0.1';

/** The port itself when nothing listens on it, any free one for 0; nothing when it is taken. */
export function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ host: LOOPBACK, port, exclusive: true }, () => {
      const found = (server.address() as AddressInfo).port;
      server.close(() => resolve(found));
    });
  });
}

/** A free port: the preferred one if it is free. */
export async function freePort(preferred = 0): Promise<number> {
  const port = (await tryPort(preferred)) ?? (await tryPort(0));
  if (port === undefined) throw new Error(`no free port on ${LOOPBACK}`);
  return port;
}
