import { createServer } from 'node:http';
import { Pool, request } from 'undici';
import { FAKE_IXAPI_KEY } from '../test/fakes/ixapi/keys';

/** The floor of a refresh: a server, a process of its own as the worker is, that reads the bare pages when it is asked. */

/** As many requests at once as the product makes, for pages as large as it wants. */
const LANES = 4;
const ROWS = 1000;

const LISTS = [
  ...['network-services', 'network-features', 'network-service-configs', 'network-feature-configs'],
  ...['connections', 'ports', 'ips', 'macs'],
];
/** What the product asks for by the ids that the others name. */
const NAMED = ['product-offerings', 'metro-area-networks', 'devices', 'pops', 'facilities'];

async function signIn(url: string): Promise<string> {
  const { api_key, api_secret } = FAKE_IXAPI_KEY;
  const headers = { 'content-type': 'application/json' };
  const asking = { method: 'POST', headers, body: JSON.stringify({ api_key, api_secret }) } as const;
  const { access_token } = (await (await request(`${url}/auth/token`, asking)).body.json()) as { access_token: string };
  return access_token;
}

/** Signed in, all pages one after the other, as many lists at once, parsed; how many pages there were. */
async function readAll(pool: Pool, url: string): Promise<number> {
  const headers = { authorization: `Bearer ${await signIn(url)}` };
  const base = new URL(url).pathname;
  const waiting = [...LISTS, ...NAMED];
  let pages = 0;
  const lane = async (): Promise<void> => {
    for (let list = waiting.shift(); list !== undefined; list = waiting.shift())
      for (let start = 0, status = 206; status === 206; pages += 1) {
        const path = `${base}/${list}?page_limit=${ROWS}&page_offset=${start}`;
        const answer = await pool.request({ method: 'GET', path, headers });
        start += (JSON.parse(await answer.body.text()) as unknown[]).length;
        status = answer.statusCode;
      }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return pages;
}

function main(url: string, port: number): void {
  const pool = new Pool(new URL(url).origin, { connections: LANES });
  const server = createServer((asked, response) => {
    asked.resume();
    readAll(pool, url).then(
      (pages) => response.end(JSON.stringify({ pages })),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  process.once('SIGTERM', () => {
    server.closeAllConnections();
    server.close(() => void pool.close());
  });
  server.listen(port, '127.0.0.1');
}

main(process.argv[2] ?? '', Number(process.argv[3]));
