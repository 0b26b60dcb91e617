import { checkPagerduty } from '../../api/cli/doctor/pagerduty';
import { loadConfig } from '../../config/load';
import { Secret } from '../../config/secret';
import { sealedKeys } from '../../store/pagerduty/sealed-keys';
import { createVault } from '../../store/secrets';
import { FAKE_ROUTING_KEY, routingKeyOf } from '../fakes/pagerduty/keys';
import { startFakePagerduty } from '../fakes/pagerduty/server';
import { createTestDatabase, type TestDatabase } from '../helpers/database';

const NOW = new Date();
const OLD = new Secret('the secret key of yesterday');
const NEW = 'the secret key of today';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

/** Two services and one alert, all with keys that were sealed yesterday. */
async function remember(): Promise<void> {
  const { knex } = database;
  const vault = createVault(OLD);
  const service = { service_type: 'technical', description: '', hold_seconds: 0, quiet_seconds: 0 };
  const times = { created: NOW.toISOString(), last_updated: NOW.toISOString() };
  const shared = await vault.keep(knex, 'routing_key', routingKeyOf(2), NOW);
  const pinned = await vault.keep(knex, 'routing_key', routingKeyOf(3), NOW);
  const renewed = await createVault(new Secret(NEW)).keep(knex, 'routing_key', routingKeyOf(4), NOW);
  await knex('incident_service').insert([
    { ...service, ...times, name: 'transit', routing_key: shared },
    { ...service, ...times, name: 'core', routing_key: shared },
    { ...service, ...times, name: 'renewed', routing_key: renewed },
    { ...service, ...times, name: 'without', routing_key: null },
  ]);
  const alert = { wanted: 'triggered', state: '{"dead": false, "queue": [], "heard": 0}', created: NOW.toISOString() };
  await knex('pagerduty_alert').insert([
    { ...alert, dedup_key: 'a', workflow_id: 'a', told: 'triggered', routing_key: pinned },
    { ...alert, dedup_key: 'b', workflow_id: 'b', told: 'resolved', routing_key: shared },
  ]);
}

test('keys that another SECRET_KEY sealed are told by who needs them; those that nobody needs are not', async () => {
  await remember();
  const { knex } = database;
  expect(await sealedKeys(knex, createVault(new Secret(NEW)))).toEqual([
    ...['technical service core', 'technical service transit', '1 open alert'],
  ]);
  expect(await sealedKeys(knex, createVault(OLD))).toEqual(['technical service renewed']);
});

test('the doctor looks into the database of DATABASE_URL, with the SECRET_KEY of the settings', async () => {
  await remember();
  const fake = await startFakePagerduty();
  const env = {
    ...{ DATABASE_URL: database.url, SECRET_KEY: NEW, DATA_DIR: '/nonexistent', PAGERDUTY_ENABLED: 'true' },
    ...{ PAGERDUTY_EVENTS_API_URL: `${fake.url}/v2/enqueue`, PAGERDUTY_WEBHOOK_SECRETS: 'a-secret' },
  };
  const found = await checkPagerduty(loadConfig(env), env);
  const withKey = { ...env, PAGERDUTY_ROUTING_KEY: FAKE_ROUTING_KEY, SECRET_KEY: OLD.reveal() };
  const foundWithKey = await checkPagerduty(loadConfig(withKey), withKey);
  await fake.close();
  expect(found.filter(({ level }) => level !== 'ok').map(({ detail }) => detail)).toEqual([
    'SECRET_KEY does not open the routing keys of technical service core, technical service transit, 1 open alert',
  ]);
  expect(found[0]?.detail).toContain('only what has a routing key of its own is sent');
  expect(foundWithKey[0]?.detail).toBe('PAGERDUTY_ROUTING_KEY is set');
});
