import type { Knex } from 'knex';
import { createTestApi, noTemporal, type TestApi } from '../../helpers/api';
import { fillCache } from '../../helpers/cache';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import { linkExchange, putDocuments, type LinkedIds } from '../../helpers/ixapi-documents';

const NOW = new Date('2026-03-02T03:04:05.000Z');

const temporal = noTemporal();
let database: TestDatabase;
let knex: Knex;
let api: TestApi;

beforeEach(async () => {
  database = await createTestDatabase();
  ({ knex } = database);
  api = createTestApi(knex, temporal);
  api.now = NOW;
});
afterEach(() => database.drop());
afterAll(() => temporal.close());

const before = (seconds: number): string => new Date(NOW.getTime() - seconds * 1_000).toISOString();

async function freshness(): Promise<unknown> {
  const { body } = await api.get('/api/status/').expect(200);
  return body.freshness.ixapi;
}

async function scraped(): Promise<string[]> {
  const { text } = await api.get('/metrics').expect(200);
  return text.split('\n').filter((line) => line.startsWith('crossconnect_ixapi_'));
}

/** Another object of the same exchange operator, linked to an exchange of its own unless it is to have none. */
async function addObject({ ix_api, exchange }: LinkedIds, name: string, isLinked = true): Promise<number> {
  const { id: _, ...first } = await knex('extras_ix_api').where({ id: ix_api }).first();
  const [made] = await knex('extras_ix_api')
    .insert({ ...first, name, api_key: name })
    .returning<{ id: number }[]>('id');
  const {
    id: __,
    local_as_affiliated: ___,
    ...linked
  } = await knex('peering_internet_exchange').where({ id: exchange }).first();
  const other = { ...linked, name, slug: name, ixapi_endpoint: made!.id, peeringdb_ixlan: null };
  if (isLinked) await knex('peering_internet_exchange').insert(other);
  return made!.id;
}

async function readAt(ix_api: number, seconds: number): Promise<void> {
  await putDocuments(knex, ix_api, {});
  await knex('ixapi_state')
    .where({ ix_api })
    .update({ fetched_at: before(seconds) });
}

/** Two objects that were read, one that never was, and one that nothing is linked to; drift, and configs that wait. */
async function remember(): Promise<{ readonly first: number; readonly second: number }> {
  await fillCache(knex);
  const linked = await linkExchange(knex);
  const second = await addObject(linked, 'second');
  await addObject(linked, 'third');
  await readAt(linked.ix_api, 40);
  await readAt(second, 4_000);
  await readAt(await addObject(linked, 'unlinked', false), 900_000);
  const drift = { internet_exchange: linked.exchange, message: 'm', is_reported: false };
  const times = { first_seen: before(90) };
  await knex('ixapi_drift').insert(
    [
      { kind: 'vlan', severity: 'critical' },
      { kind: 'speed', severity: 'warning' },
      { kind: 'asn', severity: 'warning' },
    ].map((one) => ({ ...drift, ...times, ...one, network_service_config: 'NSC-1' })),
  );
  await knex('ixapi_follow').insert({
    ...{
      internet_exchange: linked.exchange,
      network_service_config: 'NSC-2',
      reason: 'no addresses',
      since: before(9),
    },
  });
  return { first: linked.ix_api, second };
}

test('the status says nothing of IX-API while no exchange is linked to it', async () => {
  expect(await freshness()).toBeNull();
});

test('the status says how old the oldest reading of a linked object is, what was never read, and what differs', async () => {
  await remember();
  expect(await freshness()).toEqual({
    ...{ fetched_at: '2026-03-02T01:57:25Z', age_seconds: 4_000, objects: 3, never_read: 1 },
    ...{ drift: { critical: 1, warning: 2, info: 0 }, following: 1 },
  });
});

test('before the first reading what exchanges show has no age', async () => {
  await fillCache(knex);
  await linkExchange(knex);
  expect(await freshness()).toMatchObject({ fetched_at: null, age_seconds: null, objects: 1, never_read: 1 });
});

test('what is remembered of IX-API can be scraped, each object by its id', async () => {
  const { first, second } = await remember();
  expect(await scraped()).toEqual([
    `crossconnect_ixapi_age_seconds{ix_api="${first}"} 40`,
    `crossconnect_ixapi_age_seconds{ix_api="${second}"} 4000`,
    'crossconnect_ixapi_drift{severity="critical"} 1',
    'crossconnect_ixapi_drift{severity="warning"} 2',
    'crossconnect_ixapi_drift{severity="info"} 0',
    'crossconnect_ixapi_following 1',
  ]);
});

test('without IX-API there are no ages, and nothing differs', async () => {
  expect(await scraped()).toEqual([
    'crossconnect_ixapi_drift{severity="critical"} 0',
    'crossconnect_ixapi_drift{severity="warning"} 0',
    'crossconnect_ixapi_drift{severity="info"} 0',
    'crossconnect_ixapi_following 0',
  ]);
});
