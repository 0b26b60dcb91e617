import { createIncident, changeIncident } from '../../../store/incidents/incidents';
import type { IncidentValues } from '../../../store/incidents/incident-rows';
import { ensureSchedule } from '../../../api/temporal/schedules';
import { enqueue, triggerOf } from '../../fakes/pagerduty/ask';
import { createIncidentSite, type IncidentSite } from '../../helpers/incident-site';
import { testTemporal } from '../../helpers/api';
import { PAGERDUTY_WEBHOOK } from '../../helpers/pagerduty-webhook';

const PATH = '/api/plugins/business-application/pagerduty/';

let site: IncidentSite;

beforeAll(async () => {
  site = await createIncidentSite({ webhookSecrets: ['secret'], hasApiToken: true, delivery: { backoffMs: 50 } });
  site.fake.webhooks.subscribe({ url: `${site.url}${PAGERDUTY_WEBHOOK}`, secrets: ['secret'] });
});
afterAll(() => site.close());

const who = () => ({ actor: 'a person here', now: new Date() });

const INCIDENT: IncidentValues = {
  ...{ title: 'Transit is down', description: 'AS64500', status: 'new', severity: 'high' },
  ...{ reporter: 'noc', commander: '', responders: [], affected_services: [], events: [] },
};

async function settled(): Promise<void> {
  await site.settled();
  await site.fake.webhooks.idle();
  await site.settled();
}

async function created(): Promise<{ id: number; key: string; where: { dedup_key: string } }> {
  const id = await site.knex.transaction((trx) => createIncident(trx, INCIDENT, who()));
  await settled();
  const key = `netbox-incident-${id}`;
  return { id, key, where: { dedup_key: key } };
}

const change = async (id: number, values: Partial<IncidentValues>): Promise<void> => {
  await site.knex.transaction((trx) => changeIncident(trx, id, values, who()));
  await settled();
};

/** What happened so far happened a while ago. */
const age = () => site.knex.raw(`UPDATE incident_timeline SET time = time - interval '2 minutes'`);

async function check(): Promise<{ compared: number; differing: number }> {
  const { body } = await site.api.post(`${PATH}check/?wait=20`).expect(200);
  expect(body).toMatchObject({ type: 'pagerduty-check', workflow_id: 'pagerduty-check', status: 'completed' });
  return body.result;
}

const differences = async () => (await site.api.get(`${PATH}differences/`).expect(200)).body.results;

test('a lost webhook is found: open here and resolved there, until both are the same again', async () => {
  const { id, key, where } = await created();
  await age();
  expect(await check()).toEqual({ compared: 1, differing: 0 });
  const pagerduty_incident = (await site.alert(key))?.pagerduty_incident;
  site.fake.webhooks.loseNext();
  site.fake.people.resolve(where, 'Petra');
  expect(await check()).toEqual({ compared: 1, differing: 1 });
  const [first] = await differences();
  expect(first).toMatchObject({
    ...{ dedup_key: key, incident: id, event: null, ours: 'triggered', theirs: 'resolved', pagerduty_incident },
  });
  await check();
  const [second] = await differences();
  expect(second.first_seen).toBe(first.first_seen);
  expect(second.last_seen > first.last_seen).toBe(true);
  expect((await site.knex('incident').where({ id }).first('status')).status).toBe('new');
  await change(id, { status: 'resolved' });
  // What has just changed is left aside.
  await check();
  expect(await differences()).toHaveLength(1);
  await age();
  expect(await check()).toEqual({ compared: 1, differing: 0 });
  expect(await differences()).toEqual([]);
});

test('a page that is open there and over here is found, and so is another acknowledgement', async () => {
  const over = await created();
  await change(over.id, { status: 'resolved' });
  site.fake.webhooks.loseNext();
  site.fake.people.reopen(over.where, 'Petra');
  const seen = await created();
  site.fake.webhooks.loseNext();
  site.fake.people.acknowledge(seen.where, 'Petra');
  await age();
  expect((await check()).differing).toBe(2);
  expect(await differences()).toMatchObject([
    { dedup_key: over.key, ours: 'resolved', theirs: 'triggered' },
    { dedup_key: seen.key, ours: 'triggered', theirs: 'acknowledged' },
  ]);
  site.fake.people.resolve(over.where, 'Petra');
  site.fake.people.resolve(seen.where, 'Petra');
  await settled();
  await age();
  expect((await check()).differing).toBe(0);
  expect(await differences()).toEqual([]);
});

test('alerts of an incident with several are compared by themselves', async () => {
  const [one, two] = [await created(), await created()];
  site.fake.webhooks.loseNext();
  site.fake.people.merge(one.where, two.where, 'Petra');
  await change(two.id, { status: 'resolved' });
  await age();
  expect((await check()).differing).toBe(0);
  await change(one.id, { status: 'resolved' });
});

test('what waits to be sent is left aside', async () => {
  const { id, where } = await created();
  site.fake.webhooks.loseNext();
  site.fake.people.resolve(where, 'Petra');
  site.fake.faults.add({ event_action: 'resolve', count: null }, { kind: 'status', status: 503 });
  await site.knex.transaction((trx) => changeIncident(trx, id, { status: 'resolved' }, who()));
  await age();
  expect((await check()).differing).toBe(0);
  site.fake.faults.clear();
  await settled();
});

test('pages of a hundred are read to the end, and what fails meanwhile is waited out', async () => {
  await age();
  const { compared } = await check();
  const now = new Date(Date.now() - 300_000).toISOString();
  const keys = Array.from({ length: 230 }, (_, i) => `many-${i}`);
  await site.knex('pagerduty_alert').insert(
    keys.map((dedup_key) => ({
      ...{ dedup_key, workflow_id: dedup_key, wanted: 'triggered', told: 'triggered', created: now },
      state: JSON.stringify({ heard: 0, told: 'triggered', queue: [], dead: false }),
    })),
  );
  site.fake.limits.events('off');
  for (const key of keys.slice(0, 220)) await enqueue(site.fake.url, triggerOf(key));
  site.fake.requests.splice(0);
  site.fake.faults.add({ path: '/incidents?', nth: 2, count: 1 }, { kind: 'status', status: 502 });
  site.fake.faults.add({ path: 'many-225', count: 1 }, { kind: 'reset' });
  expect(await check()).toEqual({ compared: compared + 230, differing: 10 });
  expect(site.fake.requests.length).toBeLessThan(30);
  expect(await differences()).toHaveLength(10);
  await site.knex('pagerduty_alert').where('dedup_key', 'like', 'many-%').delete();
  site.fake.faults.clear();
});

test('a token that PagerDuty refuses fails the check, naming the setting and not the token', async () => {
  site.fake.faults.add({ path: '/incidents', count: 1 }, { kind: 'status', status: 401 });
  const { body } = await site.api.post(`${PATH}check/?wait=20`).expect(502);
  expect(body.job.error).toMatchObject({ type: 'PAGERDUTY_FORBIDDEN', upstream: true });
  expect(JSON.stringify(body)).toMatch('PAGERDUTY_API_TOKEN');
  expect(JSON.stringify(body)).not.toMatch('fakePagerdutyRestKey');
  site.fake.faults.clear();
});

test('the schedule starts a check, which is a job', async () => {
  const temporal = testTemporal();
  const spec = {
    ...{ id: 'pagerduty', workflowType: 'pagerdutyScheduled', args: [], workflowId: 'pagerduty-schedule' },
    ...{ cron: '3 3 * * *', catchupWindow: 60_000 },
  };
  for (;;) {
    const made = await ensureSchedule(temporal, spec).catch((error: unknown) => error as Error);
    if (!(made instanceof Error)) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const before = await site.knex('core_job').where({ type: 'pagerduty-check' });
  await site.api.post('/api/core/schedules/pagerduty/trigger/').expect(200);
  for (const deadline = Date.now() + 20_000; Date.now() < deadline;) {
    const jobs = await site.knex('core_job').where({ type: 'pagerduty-check', status: 'completed' });
    if (jobs.length === before.filter(({ status }) => status === 'completed').length + 1) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect(await site.knex('core_job').where({ type: 'pagerduty-check' })).toHaveLength(before.length + 1);
  await ensureSchedule(temporal, { ...spec, cron: undefined });
  await temporal.close();
});
