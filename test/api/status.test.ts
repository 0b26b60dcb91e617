import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { createTestApi, noTemporal, type TestApi } from '../helpers/api';
import { createTestDatabase, type TestDatabase } from '../helpers/database';

const NOW = new Date('2026-01-02T03:04:05.000Z');
const ON = { missing: [], roles: [], tags: [], secrets: [] };

const temporal = noTemporal();
let database: TestDatabase;
let knex: Knex;
let api: TestApi;

beforeEach(async () => {
  database = await createTestDatabase();
  ({ knex } = database);
  api = createTestApi(knex, temporal, { netbox: ON });
  api.now = NOW;
});
afterEach(() => database.drop());
afterAll(() => temporal.close());

const before = (seconds: number): string => new Date(NOW.getTime() - seconds * 1_000).toISOString();

async function freshness(): Promise<unknown> {
  const { body } = await api.get('/api/status/').expect(200);
  return body.freshness.netbox;
}

/** What a NetBox leaves behind that was followed, listed, and is held back in part. */
async function remember(): Promise<void> {
  await knex('netbox_follow').update({ followed_at: before(40), missed: 3 });
  const router = { hostname: 'r', status: 'enabled', description: '', comments: '', tags: '[]', custom_fields: '{}' };
  const times = { created: before(900), last_updated: before(900) };
  const [made] = await knex('devices_router')
    .insert(['in_sync', 'in_sync', 'local'].map((state, i) => ({ ...router, ...times, state, name: `r${i}` })))
    .returning<{ id: number }[]>('id');
  const hold = { router: made?.id, action: 'deleted', layer: 'webhook', held_at: before(9) };
  await knex('netbox_hold').insert([
    { ...hold, netbox_device_id: 1, confirmed_at: null },
    { ...hold, netbox_device_id: 2, confirmed_at: null },
    { ...hold, netbox_device_id: 3, confirmed_at: before(1) },
  ]);
  await knex('netbox_hint').insert({ device_id: 1, hint: '{"layer": "webhook"}', received: before(2) });
  const plan = { device_ids: null, reading: 1, checksum: 'c' };
  await knex('netbox_plan').insert([
    { ...plan, job_id: randomUUID(), created: before(900) },
    { ...plan, job_id: randomUUID(), created: before(600) },
    { ...plan, job_id: randomUUID(), created: before(300), device_ids: '[5]' },
    { ...plan, job_id: randomUUID(), created: before(60), checksum: null },
  ]);
}

test('nothing is said of how fresh NetBox is while the link is off', async () => {
  await remember();
  api = createTestApi(knex, temporal, { netbox: { ...ON, missing: ['NETBOX_API_TOKEN'] } });
  expect(await freshness()).toBeNull();
});

test('a NetBox that was neither followed nor listed yet is said to be so', async () => {
  expect(await freshness()).toEqual({
    ...{ followed_at: null, age_seconds: null, missed_webhooks: 0, held: 0, last_listing: null },
  });
});

test('the status says how far NetBox is followed: whole listings of all devices count, and holds that nobody confirmed', async () => {
  await remember();
  expect(await freshness()).toEqual({
    ...{ followed_at: '2026-01-02T03:03:25Z', age_seconds: 40, missed_webhooks: 3, held: 2 },
    last_listing: '2026-01-02T02:54:05Z',
  });
});

test('a clock that is behind makes nothing younger than now', async () => {
  await knex('netbox_follow').update({ followed_at: before(-5) });
  expect(await freshness()).toMatchObject({ age_seconds: 0 });
});

test('what is remembered of NetBox can be scraped', async () => {
  await remember();
  const { text } = await api.get('/metrics').expect(200);
  const lines = text.split('\n').filter((line) => line.startsWith('crossconnect_netbox_'));
  expect(lines).toEqual([
    'crossconnect_netbox_routers{state="in_sync"} 2',
    'crossconnect_netbox_routers{state="local"} 1',
    'crossconnect_netbox_missed_webhooks 3',
    'crossconnect_netbox_held_changes 2',
    'crossconnect_netbox_follow_age_seconds 40',
    'crossconnect_netbox_kept_hints 1',
  ]);
});

test('while the change log was never followed it has no age', async () => {
  const { text } = await api.get('/metrics').expect(200);
  expect(text).not.toMatch(/^crossconnect_netbox_follow_age_seconds /m);
  expect(text).toMatch(/^crossconnect_netbox_missed_webhooks 0$/m);
});
