import { reportEvents } from '../../../store/incidents/events';
import { createIncidentSite, type IncidentSite } from '../../helpers/incident-site';
import { pagerdutyCalls, type PagerdutyCalls } from '../../helpers/pagerduty-calls';

let site: IncidentSite;
let calls: PagerdutyCalls;

beforeAll(async () => {
  site = await createIncidentSite();
  calls = pagerdutyCalls(site);
});
afterEach(() => site.fake.faults.clear());
afterAll(() => site.close());

const ERRORS = ["'payload.source' is missing or blank"];

/** An event whose trigger PagerDuty refuses; its dead letter. */
async function deadLetter(dedup_id: string): Promise<Record<string, unknown> & { id: number }> {
  const dedup_key = `netbox-event-${dedup_id}`;
  site.fake.faults.add({ dedup_key }, { kind: 'status', status: 400, errors: ERRORS });
  await calls.event({ dedup_id });
  await site.settled();
  const { body } = await calls.get(`dead-letters/?dedup_key=${dedup_key}`);
  return body.results[0];
}

test('a dead letter says what PagerDuty has against it', async () => {
  const letter = await deadLetter('listed');
  expect(letter).toMatchObject({
    ...{ dedup_key: 'netbox-event-listed', action: 'trigger', state: 'dead', superseded: false, attempts: 1 },
    ...{ errors: ERRORS, reason: ERRORS[0], incident_id: null },
  });
  expect(letter['event_id']).toBeGreaterThan(0);
  expect(Date.parse(String(letter['finished']))).toBeGreaterThanOrEqual(Date.parse(String(letter['since'])));
  expect((await calls.get(`dead-letters/${letter.id}/`)).body).toEqual(letter);
  expect((await calls.get('status/')).body).toMatchObject({ pending: 0 });
  expect((await calls.get('status/')).body.dead).toBeGreaterThan(0);
});

test('a dead letter that is replayed is sent, and can be replayed once', async () => {
  const { id } = await deadLetter('replayed');
  const answer = await calls.post(`dead-letters/${id}/replay/`, {}, 20);
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({ status: 'completed', dedup_key: 'netbox-event-replayed' });
  expect(site.told('netbox-event-replayed')).toEqual(['trigger']);
  expect((await calls.post(`dead-letters/${id}/replay/`)).status).toBe(409);
  expect((await calls.get(`dead-letters/${id}/`)).status).toBe(404);
});

test('of two who replay a dead letter at once, one is told that it is done', async () => {
  const { id } = await deadLetter('twice');
  const answers = await Promise.all([1, 2, 3].map(() => calls.post(`dead-letters/${id}/replay/`)));
  expect(answers.map(({ status }) => status).sort()).toEqual([202, 409, 409]);
  await site.settled();
  expect(site.told('netbox-event-twice')).toEqual(['trigger']);
});

test('a dead letter that is refused again is a 502, and can be replayed again', async () => {
  const { id } = await deadLetter('stubborn');
  site.fake.faults.add({ dedup_key: 'netbox-event-stubborn' }, { kind: 'status', status: 400, errors: ERRORS });
  expect((await calls.post(`dead-letters/${id}/replay/`, {}, 20)).status).toBe(502);
  expect((await calls.get(`dead-letters/${id}/`)).body).toMatchObject({ state: 'dead', attempts: 2 });
  expect((await calls.post(`dead-letters/${id}/replay/`, {}, 20)).status).toBe(200);
});

test('a dead letter whose problem is over is superseded: it is listed when asked for, and cannot be replayed', async () => {
  const { id } = await deadLetter('over');
  await calls.event({ dedup_id: 'over', status: 'ok' });
  await site.settled();
  const answer = await calls.post(`dead-letters/${id}/replay/`);
  expect(answer.status).toBe(409);
  expect(answer.body).toMatchObject({ type: 'urn:crossconnect:problem:conflict' });
  expect(answer.body.detail).toMatch(/superseded/);
  expect((await calls.get('dead-letters/?dedup_key=netbox-event-over')).body.count).toBe(0);
  const { results } = (await calls.get('dead-letters/?dedup_key=netbox-event-over&state=superseded')).body;
  expect(results).toMatchObject([{ id, superseded: true, errors: ERRORS }]);
});

test('a replay that its problem overtakes ends its job', async () => {
  const { id } = await deadLetter('overtaken');
  await site.stopWorker();
  const report = { dedup_id: 'overtaken', message: 'over', status: 'ok', criticality: 'HIGH' } as const;
  await reportEvents(site.knex, [report], site.settings.join, { actor: 'tests', now: new Date() });
  const { status, body } = await calls.post(`dead-letters/${id}/replay/`);
  expect(status).toBe(202);
  await site.startWorker();
  await site.settled();
  expect((await site.api.get(new URL(body.url).pathname)).body).toMatchObject({
    status: 'failed',
    error: { type: 'SUPERSEDED' },
  });
  expect(site.told('netbox-event-overtaken')).toEqual([]);
});

test('a refused trigger fails what was asked for behind it, and the test of the connection with it', async () => {
  site.fake.faults.add(
    { dedup_key: 'netbox-test-event', event_action: 'trigger' },
    { kind: 'status', status: 400, errors: ERRORS },
  );
  const answer = await calls.post('test/', {}, 20);
  expect(answer.status).toBe(502);
  expect(answer.body.detail).toContain(ERRORS[0]);
  const again = await calls.post('test/', {}, 20);
  expect(again.status).toBe(200);
  expect(site.fake.state.openAlerts({ alert_key: 'netbox-test-event' })).toEqual([]);
});

test('there is no dead letter of what was taken, or of nothing', async () => {
  await calls.event({ dedup_id: 'taken' });
  await site.settled();
  const taken = await site.knex('pagerduty_send').where({ state: 'taken' }).orderBy('id', 'desc').first('id');
  for (const id of [taken.id, 987_654]) {
    expect((await calls.get(`dead-letters/${id}/`)).status).toBe(404);
    expect((await calls.post(`dead-letters/${id}/replay/`)).status).toBe(404);
  }
});
