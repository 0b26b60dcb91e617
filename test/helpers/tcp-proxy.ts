import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What to do with a piece on its way: let it pass, reset its connection, or let nothing pass on it any more. */
export type Verdict = 'pass' | 'reset' | 'silence';

/** Asked about every piece; `connection` counts from 1. */
export type Judge = (piece: Buffer, from: 'client' | 'server', connection: number) => Verdict | Promise<Verdict>;

/** A way to a server on which things go wrong. */
export interface TcpProxy {
  readonly port: number;
  /** The address of something behind the proxy, as seen through it. */
  through(url: string): string;
  /** From here on this is asked about every piece. */
  judge(judge: Judge): void;
  /** Connections so far. */
  readonly connections: () => number;
  readonly close: () => Promise<void>;
}

const passAll: Judge = () => 'pass';

/** A judge that lets this many bytes of each answer pass in a second. */
export const slowly =
  (bytesPerSecond: number): Judge =>
  async (piece, from): Promise<Verdict> => {
    if (from === 'server') await sleep((piece.length / bytesPerSecond) * 1000);
    return 'pass';
  };

/** Starts a proxy on 127.0.0.1 before the server at this port. */
export async function startTcpProxy(serverPort: number): Promise<TcpProxy> {
  let judge = passAll;
  let connections = 0;
  const sockets = new Set<Socket>();

  /** Carries pieces one way, one at a time; an end is carried too. */
  async function carry(from: Socket, to: Socket, side: 'client' | 'server', connection: number): Promise<void> {
    try {
      for await (const piece of from as AsyncIterable<Buffer>) {
        const verdict = await judge(piece, side, connection);
        if (verdict === 'silence') await new Promise(() => undefined);
        if (verdict === 'reset') {
          from.resetAndDestroy();
          to.resetAndDestroy();
          return;
        }
        if (!to.write(piece)) await new Promise((resolve) => to.once('drain', resolve).once('close', resolve));
      }
      to.end();
    } catch {
      to.destroy();
    }
  }

  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ port: serverPort, host: '127.0.0.1', allowHalfOpen: true });
    const connection = ++connections;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    void carry(client, upstream, 'client', connection);
    void carry(upstream, client, 'server', connection);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    through: (url) => {
      const address = new URL(url);
      address.host = `127.0.0.1:${port}`;
      return address.href;
    },
    judge: (next) => {
      judge = next;
    },
    connections: () => connections,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
