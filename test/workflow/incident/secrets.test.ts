import { Client, Connection } from '@temporalio/client';
import { routingKeyOf } from '../../fakes/pagerduty/keys';
import { ADMIN } from '../../helpers/api';
import { createIncidentRig, type IncidentRig } from '../../helpers/incident-rig';
import { until } from '../../helpers/processes';
import { historiesOf, placesWith, tablesOf, type Places } from '../../helpers/secret-search';
import { outputOf } from '../../helpers/started-product';

const BUSINESS = '/api/plugins/business-application/';
const [DEFAULT, FIRST, SECOND] = [1, 2, 3].map(routingKeyOf) as [string, string, string];

jest.setTimeout(240_000);

let rig: IncidentRig;
/** What the API answered, by the request. */
const answers: Record<string, string> = {};

async function ask(
  method: string,
  path: string,
  body?: unknown,
  token = ADMIN,
): Promise<{ status: number; id: number }> {
  const headers = { authorization: `Token ${token}`, 'content-type': 'application/json' };
  const response = await fetch(rig.url + path, {
    ...{ method, headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  answers[`${Object.keys(answers).length} ${method} ${path}`] = `${JSON.stringify([...response.headers])} ${text}`;
  const { id } = (text.startsWith('{') ? JSON.parse(text) : {}) as { id: number };
  return { status: response.status, id };
}

const post = (path: string, body: object) => ask('POST', `${BUSINESS}${path}`, body);
const patch = (path: string, body: object) => ask('PATCH', `${BUSINESS}${path}`, body);

/** Waits until nothing is on its way but dead letters. */
const rest = () =>
  until(async () => {
    const busy = await rig.knex('pagerduty_alert').whereRaw(
      `signalled < news OR news > CAST(state->>'heard' AS bigint)
         OR (pending > 0 AND NOT CAST(state->>'dead' AS boolean))`,
    );
    return busy.length === 0;
  }, 90_000);

/** Answers that say a routing key back, as careless proxies and error pages do. */
async function befall(): Promise<void> {
  const { faults } = rig.fake;
  const errors = [`Invalid routing key ${FIRST}`, `'routing_key' ${FIRST} is unknown`];
  await faults.add({ routing_key: FIRST }, { kind: 'status', status: 503, body: { message: FIRST } });
  await faults.add({ routing_key: FIRST }, { kind: 'status', status: 404, body: { message: `no ${FIRST}` } });
  await faults.add({ routing_key: FIRST }, { kind: 'redirect', to: `http://127.0.0.1:1/?key=${FIRST}` });
  await faults.add({ routing_key: FIRST }, { kind: 'reset' });
  await faults.add({ routing_key: FIRST }, { kind: 'status', status: 400, errors });
}

async function liveWithServices(): Promise<void> {
  const service = await post('technical-services/', { name: 'transit', routing_key: FIRST });
  expect(service.status).toBe(201);
  await post('technical-services/', { name: 'wrong', routing_key: `${FIRST}x` });
  await post('technical-services/', { name: 'wrong', routing_key: [FIRST] });
  await post('technical-services/', { name: 'transit', routing_key: SECOND });
  await ask('GET', `${BUSINESS}technical-services/?q=transit`);
  await befall();
  const values = { title: 'Transit is down', severity: 'critical', affected_services: [service.id] };
  const incident = await post('incidents/', values);
  await rest();
  await ask('GET', `${BUSINESS}pagerduty/dead-letters/`);
  const dead = await rig.knex('pagerduty_send').where({ state: 'dead' }).first<{ id: number }>('id');
  await post(`pagerduty/dead-letters/${dead.id}/replay/`, {});
  await rest();
  await patch(`technical-services/${service.id}/`, { routing_key: SECOND });
  await patch(`incidents/${incident.id}/`, { status: 'acknowledged' });
  await post('pagerduty/send-incident/?wait=10', { incident_id: incident.id, action: 'trigger' });
  await post('pagerduty/send-incident/', { incident_id: incident.id, action: 'resolve', dry_run: true });
  await patch(`incidents/${incident.id}/`, { status: 'resolved' });
  await rest();
  await patch(`incidents/${incident.id}/`, { status: 'new' });
  await rest();
  await ask('GET', `${BUSINESS}incidents/${incident.id}/timeline/`);
}

async function liveWithoutServices(): Promise<void> {
  const alert = { source: 'probe', severity: 'critical', message: 'down', dedup_id: 'a' };
  await post('alerts/generic/', alert);
  await post('pagerduty/trigger-custom/?wait=10', { summary: 'custom', dedup_key: 'own', dry_run: true });
  await post('pagerduty/trigger-custom/?wait=10', { summary: 'custom', dedup_key: 'own' });
  await post('pagerduty/test/?wait=10', {});
  await rest();
  const { people, webhooks } = rig.fake;
  const [subscription] = await webhooks.subscriptions();
  await people.acknowledge({ dedup_key: 'netbox-event-a' }, 'somebody');
  await webhooks.idle();
  const { secrets } = subscription!;
  await webhooks.setSecrets(subscription!.id, ['another secret']);
  await people.resolve({ dedup_key: 'netbox-event-a' }, 'somebody');
  await webhooks.idle();
  await webhooks.setSecrets(subscription!.id, secrets);
  await post('pagerduty/check/?wait=20', {});
  await post('alerts/generic/', { ...alert, status: 'ok' });
  await rest();
}

async function readEverything(): Promise<void> {
  const lists = ['events', 'incidents', 'event-sources', 'technical-services', 'maintenance'];
  const parts = ['status', 'dead-letters', 'dead-letters/?state=superseded', 'webhooks', 'differences'];
  for (const list of [...lists, ...parts.map((part) => `pagerduty/${part}`)]) await ask('GET', `${BUSINESS}${list}`);
  for (const path of ['/metrics', '/api/status/', '/api/schema/', '/api/core/jobs/?limit=0', '/health/ready'])
    await ask('GET', path);
  await ask('GET', '/api/status/', undefined, `${ADMIN}x`);
  await ask('GET', `${BUSINESS}technical-services/?routing_key=${'a'.repeat(32)}`);
}

async function everywhere(): Promise<Places> {
  const { address, namespace } = rig.temporal;
  const log = outputOf((await rig.ready()).process);
  return { ...answers, ...(await historiesOf(address, namespace)), ...(await tablesOf(rig.knex)), log };
}

beforeAll(async () => {
  rig = await createIncidentRig(3, { LOG_LEVEL: 'trace', PAGERDUTY_RATE_LIMIT: '6000' });
  await liveWithServices();
  await liveWithoutServices();
  await readEverything();
});
afterAll(() => rig.close());

test('what is searched is what was meant to happen', async () => {
  const events = await rig.fake.log.events();
  for (const key of [DEFAULT, FIRST, SECOND])
    expect(events.filter(({ routing_key, status }) => routing_key === key && status === 202)).not.toEqual([]);
  const statuses = events.filter(({ routing_key }) => routing_key === FIRST).map(({ status }) => status);
  expect(statuses.slice(0, 5)).toEqual([503, 404, 302, 0, 400]);
  const webhooks = await rig.fake.webhooks.sent();
  expect(new Set(webhooks.map(({ status }) => status))).toEqual(new Set([202, 403]));
  expect(Object.values(answers).some((text) => text.includes('dry_run'))).toBe(true);
  const places = await everywhere();
  expect(Object.keys(places).filter((place) => place.startsWith('history of'))).not.toEqual([]);
  expect(places['log']).toContain('PagerDuty refuses it');
});

test('no routing key, webhook secret, token or SECRET_KEY of a whole life is in any answer, log, history or table', async () => {
  expect(placesWith(await everywhere(), rig.secrets)).toEqual([]);
});

test('the search finds a secret wherever one is planted', async () => {
  const { knex, temporal } = rig;
  const entry = await knex('incident_timeline').first<{ id: number }>('id');
  await knex('incident_timeline')
    .where(entry)
    .update({ detail: `key ${FIRST}`, answer: JSON.stringify({ a: [FIRST] }) });
  await knex('core_secret').update({ digest: knex.raw('digest || ?::bytea', [Buffer.from(SECOND)]) });
  const connection = await Connection.connect({ address: temporal.address });
  const { workflow } = new Client({ connection, namespace: temporal.namespace });
  const options = { workflowId: 'planted', taskQueue: 'nobody', args: [{ key: DEFAULT }], memo: { key: SECOND } };
  const handle = await workflow.start('planted', options);
  await until(async () => 'history of planted' in mapped(await everywhere()));
  await handle.terminate();
  await connection.close();
  answers['planted answer'] = Buffer.from(FIRST).toString('hex');
  const found = placesWith({ ...(await everywhere()), log: rig.secrets.join(' ') }, rig.secrets);
  const places = new Set(found.map((place) => place.replace(/: secret \d+$/, '').replace(/ [0-9a-f-]{36}$/, '')));
  expect([...places].sort()).toEqual([
    'core_secret.digest',
    'history of planted',
    'incident_timeline.answer',
    'incident_timeline.detail',
    'log',
    'planted answer',
  ]);
});

/** Without the ids of runs. */
const mapped = (places: Places): Places =>
  Object.fromEntries(Object.entries(places).map(([place, text]) => [place.replace(/ [0-9a-f-]{36}$/, ''), text]));
