import { createServer, type AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import express, { type Express } from 'express';
import { Agent, request } from 'undici';
import { listen } from '../../api/server';

function slowApp(ms: number): Express {
  const app = express();
  app.get('/slow', (_request, response) => {
    void sleep(ms, undefined, { ref: false }).then(() => response.send('done'));
  });
  app.get('/quick', (_request, response) => void response.send('done'));
  return app;
}

const local = { host: '127.0.0.1', port: 0 };

test('a request in flight is answered while the server closes, and no new one is taken', async () => {
  const server = await listen(slowApp(400), local);
  const inFlight = request(`${server.url}/slow`);
  await sleep(100);
  const closing = server.close();
  await sleep(20);
  await expect(request(`${server.url}/quick`, { dispatcher: new Agent() })).rejects.toThrow(/ECONNREFUSED/);
  expect(await (await inFlight).body.text()).toBe('done');
  // Its connection is kept alive, but not for the server's sake.
  const answered = performance.now();
  await closing;
  expect(performance.now() - answered).toBeLessThan(1_000);
});

test('connections that are merely kept alive do not hold up the closing', async () => {
  const server = await listen(slowApp(0), local);
  const agent = new Agent({ keepAliveTimeout: 60_000 });
  await (await request(`${server.url}/quick`, { dispatcher: agent })).body.text();
  const started = performance.now();
  await server.close();
  expect(performance.now() - started).toBeLessThan(1_000);
  await agent.close();
});

test('what has not ended by the deadline is cut', async () => {
  const server = await listen(slowApp(60_000), local);
  const cut = request(`${server.url}/slow`, { dispatcher: new Agent() });
  const outcome = expect(cut).rejects.toThrow();
  await sleep(100);
  const started = performance.now();
  await Promise.all([server.close(200), server.close(200)]);
  expect(performance.now() - started).toBeLessThan(2_000);
  await outcome;
});

test('a port in use is named, with the setting that changes it', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  await expect(listen(slowApp(0), { host: '127.0.0.1', port })).rejects.toThrow(
    `PORT: ${port} on 127.0.0.1 is in use: set PORT to another one`,
  );
  other.close();
});

test('an address of another machine is named, with the setting that changes it', async () => {
  await expect(listen(slowApp(0), { host: '192.0.2.1', port: 0 })).rejects.toThrow(/192\.0\.2\.1 .*set HOST/);
});

test('bytes that are no HTTP are answered with a 400 and harm nobody', async () => {
  const server = await listen(slowApp(0), local);
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  socket.write('\0\x16\x03 nonsense\r\n\r\n');
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  await (await request(`${server.url}/quick`)).body.text();
  await server.close();
});
