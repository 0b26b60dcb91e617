import fc from 'fast-check';
import type { NetboxAnswer, NetboxClient } from '../../../activities/netbox/client';
import { parseDevice } from '../../../activities/netbox/devices';
import { deletionOf } from '../../../activities/netbox/look';
import { converge } from '../../../store/netbox/converge';
import { drawReading } from '../../../store/netbox/readings';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import { found, NOW, RULES } from '../../helpers/netbox-router';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

const group = fc.oneof(fc.constant(0), fc.constant(0), fc.constant(0xffff), fc.integer({ min: 0, max: 0xffff }));
const ip6 = fc
  .array(group, { minLength: 8, maxLength: 8 })
  .map((groups) => groups.map((one) => one.toString(16)).join(':'));

test('addresses are written as PostgreSQL gives them back, so that none differs for ever', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(ip6, { minLength: 50, maxLength: 50 }), async (addresses) => {
      const { rows } = await database.knex.raw<{ rows: { given: string; back: string }[] }>(
        'SELECT given, host(CAST(given AS inet)) AS back FROM unnest(CAST(? AS text[])) AS given',
        [addresses],
      );
      for (const { given, back } of rows) {
        const device = parseDevice({ id: 1, status: 'active', primary_ip6: { address: `${given}/64` } });
        expect([given, device.primary_ip6]).toEqual([given, back]);
      }
    }),
    { numRuns: 100 },
  );
});

test('a name of 129 letters fits, though no NetBox of today has one', async () => {
  const { knex } = database;
  const name = 'n'.repeat(129);
  const convergence = {
    deviceId: 7,
    finding: found({ name }),
    reading: await drawReading(knex),
    cause: { layer: 'webhook' },
  } as const;
  await converge(knex, convergence, { rules: RULES, guard: { share: 1, number: 1 }, graceMs: 0 }, NOW);
  expect(await knex('devices_router').select('name', 'hostname')).toEqual([{ name, hostname: name }]);
});

/** A NetBox whose change log answers with this. */
const answering = (json: unknown): NetboxClient => ({
  get: async (): Promise<NetboxAnswer> => ({ json, version: '4.6' }),
  close: async () => undefined,
});

const row = (changed_object_id: unknown, value: unknown): object => ({
  changed_object_id,
  action: { value, label: '' },
});

test.each<[string, unknown, string]>([
  ['the deletion', { results: [row(7, 'delete')] }, 'logged'],
  ['nothing', { results: [] }, 'not logged'],
  ['the deletion of another device', { results: [row(8, 'delete')] }, 'not logged'],
  ['another change', { results: [row(7, 'update')] }, 'not logged'],
  ['rows of something else', { results: [{}] }, 'unreadable'],
  ['no list', [], 'unreadable'],
  ['a 404', undefined, 'unreadable'],
])('a change log that shows %s is no more evidence than that', async (_what, json, expected) => {
  expect(await deletionOf(answering(json), '4.6', 7, new AbortController().signal)).toBe(expected);
});
