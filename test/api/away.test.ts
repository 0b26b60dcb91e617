import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTemporal, TemporalUnavailableError } from '../../api/temporal/client';
import { createLogger } from '../../config/log';
import { createStore } from '../../store/knex';
import { createTestApi, noTemporal } from '../helpers/api';
import { createTestDatabase, fromGlobalSetup } from '../helpers/database';
import { testNamespace } from '../helpers/temporal';

const silent = createLogger({ LOG_LEVEL: 'silent', LOG_LEVELS: {} });

/** Knex would say on standard output what the answers are tested for. */
const quiet = { warn: () => undefined, error: () => undefined };

/** Passes connections on to Temporal, on a port that can be taken away and given back. */
async function forward(port: number, sockets: Set<Socket>): Promise<Server> {
  const [host = '', target = ''] = fromGlobalSetup('CROSSCONNECT_TEST_TEMPORAL').split(':');
  const server = createServer((socket) => {
    const upstream = connect(Number(target), host);
    for (const one of [socket, upstream]) {
      sockets.add(one);
      one.on('error', () => undefined);
    }
    socket.pipe(upstream).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}

async function within(seconds: number, met: () => Promise<boolean>): Promise<void> {
  const ends = Date.now() + seconds * 1_000;
  while (!(await met())) {
    if (Date.now() > ends) throw new Error('this took too long');
    await sleep(50);
  }
}

test('Temporal may be away at first, come, go and come again', async () => {
  const sockets = new Set<Socket>();
  const away = await forward(0, sockets);
  const { port } = away.address() as AddressInfo;
  const vanish = async (server: Server): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    await closed;
  };
  await vanish(away);
  const temporal = createTemporal({ address: `127.0.0.1:${port}`, namespace: testNamespace() }, silent);
  const answers = (): Promise<boolean> =>
    temporal
      .call(async ({ workflowService }) => workflowService.getSystemInfo({}), 500)
      .then(
        () => true,
        (error: unknown) => {
          if (error instanceof TemporalUnavailableError) return false;
          throw error;
        },
      );
  expect(await answers()).toBe(false);
  const first = await forward(port, sockets);
  await within(15, answers);
  await vanish(first);
  await within(15, async () => !(await answers()));
  const started = performance.now();
  await within(15, async () => {
    const asked = performance.now();
    return !(await answers()) && performance.now() - asked < 100;
  });
  expect(performance.now() - started).toBeLessThan(15_000);
  const second = await forward(port, sockets);
  await within(15, answers);
  await temporal.close();
  await vanish(second);
});

test('a namespace that does not exist is no reason to call Temporal away for ever', async () => {
  const temporal = createTemporal(
    { address: fromGlobalSetup('CROSSCONNECT_TEST_TEMPORAL'), namespace: 'nowhere' },
    silent,
  );
  await expect(temporal.check()).rejects.toThrow();
  expect(() => temporal.client()).toThrow(TemporalUnavailableError);
  await temporal.close();
});

test('while the database is away, what needs it is a 503 problem that tells nothing of where it is', async () => {
  const knex = createStore('postgres://someone:hunter2@127.0.0.1:1/nowhere', { log: quiet });
  const temporal = noTemporal();
  const api = createTestApi(knex, temporal);
  for (const path of ['/api/core/jobs/', '/api/peeringdb/networks/', '/api/peeringdb/cache/statistics/']) {
    const answer = await api.get(path).expect(503);
    expect(answer.body.type).toBe('urn:crossconnect:problem:database-unavailable');
    expect(answer.text).not.toMatch(/hunter2|127\.0\.0\.1/);
  }
  await api.get('/api/core/jobs/', 'some-other-token').expect(503);
  await api.get('/health/live').expect(200);
  expect((await api.get('/api/status/').expect(200)).body.postgresql).toBeNull();
  expect(api.lines.join('')).not.toContain('hunter2');
  await temporal.close();
  await knex.destroy();
});

test('a pool that was taken away in the middle of work is a 503 problem too', async () => {
  const database = await createTestDatabase();
  const temporal = noTemporal();
  const api = createTestApi(database.knex, temporal);
  await api.get('/api/core/jobs/').expect(200);
  const own = new URL(database.url).pathname.slice(1);
  const other = createStore(fromGlobalSetup('CROSSCONNECT_TEST_DATABASE'), { log: quiet });
  const work = database.knex.raw('SELECT pg_sleep(5)').catch((error: unknown) => error);
  await sleep(100);
  await other.raw('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ?', [own]);
  await work;
  await within(5, async () => (await api.get('/api/core/jobs/')).status === 200);
  await other.destroy();
  await temporal.close();
  await database.drop();
});
