import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgres } from '../../engine/postgres';
import { createStore } from '../../store/knex';
import { OBJECT_TAGS } from '../../store/peeringdb/objects';
import { spawnFakePeeringdb, type RemotePeeringdb } from '../fakes/peeringdb/remote';
import { fileLog, temporaryFolder } from '../helpers/engine';
import { isAlive, until } from '../helpers/processes';
import { descendantsOf, startProduct, untilReady, type StartedProduct } from '../helpers/started-product';
import { expectCacheEqualsUpstream } from '../helpers/synchronise-equality';

jest.setTimeout(300_000);

let dataDir: string;
let fake: RemotePeeringdb;
let products: StartedProduct[];

beforeEach(async () => {
  dataDir = temporaryFolder('killed');
  products = [];
  fake = await spawnFakePeeringdb({ scale: 0.01 });
});
afterEach(async () => {
  await Promise.all(products.map((product) => product.process.kill()));
  await fake.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** `crossconnect start`, as `npm start` does it. */
async function start(): Promise<StartedProduct> {
  const product = await startProduct('start', {
    DATA_DIR: dataDir,
    PORT: '0',
    TEMPORAL_UI_PORT: '0',
    LOG_LEVELS: 'peeringdb=debug',
    PEERINGDB_API: fake.url,
    PEERINGDB_API_KEY: fake.key,
    PEERINGDB_RATE_LIMIT: '1000000',
    // Once a year: only what the test starts is to run.
    PEERINGDB_SCHEDULE: '0 0 1 1 *',
  });
  products.push(product);
  await untilReady(product);
  return product;
}

/** Looks into the data that a product left. */
async function expectKeptCacheEqualsUpstream(): Promise<void> {
  const postgres = await startPostgres({ dataDir, log: fileLog(join(dataDir, 'engine.log')) });
  const knex = createStore(postgres.url);
  try {
    await expectCacheEqualsUpstream({ knex, fake }, 'key');
  } finally {
    await knex.destroy();
    await postgres.stop();
  }
}

test('a product that is killed while it synchronises leaves no process, and goes on at its next start', async () => {
  // In pieces, so that there is a middle to be killed in.
  await fake.faults.add({ count: null }, { kind: 'drip', pieces: 10, pause: 50 });
  const first = await start();
  const { status, body: job } = await first.post('/api/peeringdb/cache/update-local/', { mode: 'full' });
  expect(status).toBe(202);
  await until(() => first.process.lines.filter(({ step }) => step === 'stage').length >= 8, 60_000);
  const children = await descendantsOf(first.process.pid);
  expect(children.length).toBeGreaterThan(4);
  await first.process.kill();
  await until(() => !children.some(({ pid }) => isAlive(pid)), 40_000);

  const second = await start();
  await until(async () => (await second.get(`/api/core/jobs/${job.id}/`)).body.status === 'completed', 120_000);
  expect((await second.get('/api/peeringdb/cache/statistics/')).body['net-count']).toBeGreaterThan(0);
  second.process.signal('SIGTERM');
  expect(await second.process.exit).toBe(0);
  await expectKeptCacheEqualsUpstream();
  // Lists that were complete when it was killed were not fetched again; only the three that were under way may be.
  const lists = (await fake.requests()).filter(({ path }) => !path.includes('?'));
  expect(lists.length).toBeLessThanOrEqual(OBJECT_TAGS.length + 3);
});
