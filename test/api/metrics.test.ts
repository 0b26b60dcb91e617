import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestDatabase } from '../helpers/database';
import { createTestDatabase } from '../helpers/database';
import { createTestApi, noTemporal } from '../helpers/api';

let database: TestDatabase;
const temporal = noTemporal();

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(async () => {
  await temporal.close();
  await database.drop();
});

test('an empty cache has no age', async () => {
  const { text } = await createTestApi(database.knex, temporal).get('/metrics');
  expect(text).toContain('# HELP crossconnect_peeringdb_snapshot_age_seconds ');
  expect(text).not.toMatch(/^crossconnect_peeringdb_snapshot_age_seconds /m);
});

test('what PostgreSQL remembers can be scraped', async () => {
  const { knex } = database;
  const api = createTestApi(knex, temporal);
  await knex('peeringdb_object').where({ tag: 'net' }).update({ row_count: 7 });
  await knex('peeringdb_state').update({ snapshot: 1, published: new Date(api.now.getTime() - 90_000).toISOString() });
  const { text, status } = await api.get('/metrics');
  expect(status).toBe(200);
  expect(text).toContain('crossconnect_peeringdb_rows{object="net"} 7\n');
  expect(text).toContain('crossconnect_peeringdb_quarantined_rows{object="net"} 0\n');
  expect(text).toMatch(/^crossconnect_peeringdb_snapshot_age_seconds 90$/m);
  expect(text).toContain('# HELP crossconnect_jobs ');
});

test("the operator's page has a row for each metric of ours, and for no other", async () => {
  const { text } = await createTestApi(database.knex, temporal).get('/metrics');
  const page = readFileSync(join(__dirname, '../../docs/operating.md'), 'utf8');
  const measured = [...text.matchAll(/^# HELP (crossconnect_\w+) /gm)].map(([, name]) => name);
  const written = [...page.matchAll(/^\| `(crossconnect_\w+)`/gm)].map(([, name]) => name);
  expect(written.sort()).toEqual(measured.sort());
});
