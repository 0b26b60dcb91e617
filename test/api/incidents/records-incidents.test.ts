import { createRecordsSite, EVENTS, INCIDENTS, SERVICES, type RecordsSite } from '../../helpers/incident-records';
import { lockEvent } from '../../../store/incidents/event-rows';
import { make } from '../../helpers/peering';

let site: RecordsSite;

beforeEach(async () => {
  site = await createRecordsSite();
});

afterEach(() => site.close());

const TRANSIT = { title: 'Transit is down' };

test('an incident is created with what is usual, and its alert is told of it', async () => {
  const answer = await site.api.post(INCIDENTS, TRANSIT).expect(201);
  const { id } = answer.body;
  expect(answer.body).toEqual({
    ...{ id, title: 'Transit is down', description: '', status: 'new', severity: 'medium' },
    ...{ affected_services: [], events: [], responders: [], reporter: '', commander: '', auto_created: false },
    alert: {
      ...{ dedup_key: `netbox-incident-${id}`, workflow_id: `incident-${id}`, told: 'nothing', wanted: 'triggered' },
      ...{ pending: 0, dead: false, held: false },
    },
    ...{ detected_at: '2026-01-02T03:04:05.678Z', resolved_at: null },
    ...{ created_at: '2026-01-02T03:04:05.678Z', updated_at: '2026-01-02T03:04:05.678Z' },
  });
  expect(id).toBeGreaterThanOrEqual(1_000_000_000);
  expect(answer.headers['location']).toMatch(new RegExp(`/incidents/${id}/$`));
  expect(site.told()).toBe(1);
});

test('an incident is changed and replaced by what was read, and its alert follows', async () => {
  const [transit, peering] = [
    await make(site.api, SERVICES, { name: 'transit' }),
    await make(site.api, SERVICES, { name: 'peering' }),
  ];
  const event = await make(site.api, EVENTS, { message: 'm', dedup_id: 'd', status: 'ok' });
  const whole = {
    ...{ title: 'Transit', description: 'AS64500', severity: 'High', affected_services: [peering, transit, transit] },
    ...{
      events: [event],
      responders: ['ada', 'bob'],
      reporter: 'noc',
      commander: 'ada',
      detected_at: '2026-01-01T00:00',
    },
  };
  const { body: made } = await site.api.post(INCIDENTS, whole).expect(201);
  expect(made).toMatchObject({
    severity: 'high',
    affected_services: [transit, peering],
    events: [event],
    responders: ['ada', 'bob'],
  });
  expect(made.detected_at).toBe('2026-01-01T00:00:00Z');
  const one = `${INCIDENTS}${made.id}/`;
  const { body: patched } = await site
    .send('patch', one, { status: 'acknowledged', affected_services: [transit] })
    .expect(200);
  expect(patched).toMatchObject({
    status: 'acknowledged',
    affected_services: [transit],
    alert: { wanted: 'acknowledged' },
  });
  const { body: put } = await site.send('put', one, { ...patched, status: 'resolved' }).expect(200);
  expect(put).toMatchObject({
    status: 'resolved',
    resolved_at: '2026-01-02T03:04:05.678Z',
    alert: { wanted: 'resolved' },
  });
  const { body: bare } = await site.send('put', one, { title: 'T' }).expect(200);
  expect(bare).toMatchObject({ title: 'T', status: 'resolved', severity: 'high', affected_services: [], events: [] });
  expect(bare.detected_at).toBe(made.detected_at);
});

test.each([
  ['title', ' '],
  ['status', 'open'],
  ['severity', 'fatal'],
  ['affected_services', [99]],
  ['events', [99]],
  ['responders', 'ada'],
  ['detected_at', 'yesterday'],
  ['pager', true],
])('an incident with %s %j is refused by the name of the field', async (field, value) => {
  const id = await make(site.api, INCIDENTS, TRANSIT);
  for (const answer of [
    await site.api.post(INCIDENTS, { ...TRANSIT, [field]: value }).expect(400),
    await site.send('patch', `${INCIDENTS}${id}/`, { [field]: value }).expect(400),
  ])
    expect(Object.keys(answer.body.errors).map((name) => name.split('.')[0])).toEqual([field]);
  expect((await site.api.get(INCIDENTS)).body.count).toBe(1);
});

test('incidents are found by what they affect and what belongs to them', async () => {
  const [transit, peering] = [
    await make(site.api, SERVICES, { name: 'transit' }),
    await make(site.api, SERVICES, { name: 'peering' }),
  ];
  const event = await make(site.api, EVENTS, { message: 'm', dedup_id: 'd', status: 'ok' });
  const both = await make(site.api, INCIDENTS, { ...TRANSIT, affected_services: [transit, peering], events: [event] });
  const one = await make(site.api, INCIDENTS, { ...TRANSIT, affected_services: [peering], responders: ['ada'] });
  const none = await make(site.api, INCIDENTS, { ...TRANSIT, severity: 'low' });
  const ids = async (query: string) =>
    (await site.api.get(`${INCIDENTS}?${query}`).expect(200)).body.results.map(({ id }: { id: number }) => id);
  expect(await ids(`affected_services=${transit}`)).toEqual([both]);
  expect(await ids(`affected_services=${peering}`)).toEqual([both, one]);
  expect(await ids(`affected_services__n=${peering}`)).toEqual([none]);
  expect(await ids('affected_services__empty=true')).toEqual([none]);
  expect(await ids(`events=${event}`)).toEqual([both]);
  expect(await ids('responders=ada')).toEqual([one]);
  expect(await ids('severity=low&severity=high')).toEqual([none]);
  await site.api.get(`${INCIDENTS}?alert=1`).expect(400);
});

test('an incident is deleted once it is closed and PagerDuty knows it, and not before', async () => {
  const event = await make(site.api, EVENTS, { message: 'm', dedup_id: 'd', status: 'ok' });
  const id = await make(site.api, INCIDENTS, { ...TRANSIT, events: [event] });
  const one = `${INCIDENTS}${id}/`;
  const refusal = async () => (await site.send('delete', one).expect(409)).body.detail;
  await site.api.post(EVENTS, { message: 'm', dedup_id: 'd' }).expect(200);
  expect(await refusal()).toBe('it is new: resolve or close it first');
  await site.send('patch', one, { status: 'monitoring' }).expect(200);
  await site.settle('resolved');
  expect(await refusal()).toBe('it is monitoring: resolve or close it first');
  await site.send('patch', one, { status: 'new' }).expect(200);
  await site.send('patch', one, { status: 'resolved' }).expect(200);
  expect(await refusal()).toBe(`its alert netbox-incident-${id} still has something to send`);
  await site.settle('triggered');
  expect(await refusal()).toBe(`PagerDuty holds its alert netbox-incident-${id} as triggered: resolve that first`);
  await site.settle('resolved');
  const timeline = async () => (await site.api.get(`${EVENTS}${event}/timeline/`)).body.results;
  const before = await timeline();
  await site.send('delete', one).expect(204);
  await site.api.get(one).expect(404);
  expect(await timeline()).toEqual(before);
});

test('an incident with the alert of an event is changed while news of that event is being taken', async () => {
  const event = await make(site.api, EVENTS, { message: 'm', dedup_id: 'd', criticality: 'LOW' });
  await site.settle('triggered');
  const id = await make(site.api, INCIDENTS, { ...TRANSIT, severity: 'low', events: [event] });
  const trx = await site.knex.transaction();
  await lockEvent(trx, { dedup_id: 'd' });
  const patch = site.send('patch', `${INCIDENTS}${id}/`, { status: 'acknowledged' }).timeout(3_000);
  const answer = await patch.then(
    ({ status, body }) => ({ status, alert: body.alert }),
    (error: unknown) => ({ status: String(error), alert: null }),
  );
  await trx.rollback();
  expect(answer).toMatchObject({ status: 200, alert: { dedup_key: 'netbox-event-d', wanted: 'acknowledged' } });
});
