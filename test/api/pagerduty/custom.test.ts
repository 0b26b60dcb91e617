import { createIncidentSite, type IncidentSite } from '../../helpers/incident-site';
import { pagerdutyCalls, type PagerdutyCalls } from '../../helpers/pagerduty-calls';

let site: IncidentSite;
let calls: PagerdutyCalls;

beforeAll(async () => {
  site = await createIncidentSite();
  calls = pagerdutyCalls(site);
});
afterAll(() => site.close());

interface Sent {
  readonly payload: Readonly<Record<string, unknown>> & { readonly custom_details?: Record<string, unknown> };
}

const sent = (dedup_key: string): Sent => site.fake.log.events({ dedup_key }).at(-1)?.body as Sent;

test('the test of the connection leaves nothing open', async () => {
  const answer = await calls.post('test/', {}, 20);
  expect(answer.status).toBe(200);
  expect(answer.body).toMatchObject({ status: 'completed', dedup_key: 'netbox-test-event' });
  expect(site.told('netbox-test-event')).toEqual(['trigger', 'resolve']);
  expect(site.fake.log.events({ dedup_key: 'netbox-test-event' })[0]?.body).toMatchObject({
    payload: { severity: 'info' },
  });
});

test('a custom event is sent as the seed document has it', async () => {
  const event = {
    ...{ summary: 'Custom alert from NetBox', severity: 'warning', source: 'my-source', component: 'my-component' },
    custom_details: { key: 'value' },
  };
  const answer = await calls.post('trigger-custom/', { ...event, dedup_key: 'custom-key-123' }, 20);
  expect(answer.body).toMatchObject({ status: 'completed', dedup_key: 'custom-key-123' });
  expect(answer.body.workflow_id).toBe('alert-custom-key-123');
  expect(sent('custom-key-123').payload).toMatchObject({ ...event, group: 'infrastructure', class: 'custom' });
});

test('a custom event without a dedup key gets one, and defaults of the settings', async () => {
  const answer = await calls.post('trigger-custom/', { summary: 'Only this', severity: 'Error' }, 20);
  const { dedup_key } = answer.body;
  expect(dedup_key).toMatch(/^netbox-custom-[0-9a-f-]{36}$/);
  expect(sent(dedup_key).payload).toMatchObject({
    ...{ summary: 'Only this', severity: 'error', source: 'netbox', component: 'netbox-business-application' },
    ...{ group: 'infrastructure', class: 'custom' },
  });
  const resolved = await calls.post('resolve-event/', { dedup_key }, 20);
  expect(resolved.status).toBe(200);
  expect(site.told(dedup_key)).toEqual(['trigger', 'resolve']);
});

test('what is larger than PagerDuty takes is cut, sent and said to be', async () => {
  const custom_details = { log: 'x'.repeat(600_000), host: 'edge1' };
  const body = { summary: '🔥'.repeat(1025), dedup_key: 'large', custom_details };
  expect((await calls.post('trigger-custom/', body, 20)).body).toMatchObject({ status: 'completed' });
  const { payload } = sent('large');
  expect(payload['summary']).toBe('🔥'.repeat(1024));
  expect(payload.custom_details).toEqual({ log: 'x'.repeat(1000), host: 'edge1', details_cut: true });
  const attempt = await site.knex('incident_timeline').where({ kind: 'attempt' }).orderBy('id', 'desc').first('detail');
  expect(attempt.detail).toMatch(/summary was cut to 1024.*details were cut/);
});

test('an event with a dedup id of 300 characters is sent under its hash, and resolved under it', async () => {
  const event_id = await calls.event({ dedup_id: 'd'.repeat(300) });
  const answer = await calls.post('send-event/', { event_id }, 20);
  expect(answer.body.dedup_key).toMatch(/^netbox-event-sha256-[0-9a-f]{64}$/);
  await calls.event({ dedup_id: 'd'.repeat(300), status: 'ok' });
  await site.settled();
  expect(site.fake.state.openAlerts({ alert_key: answer.body.dedup_key })).toEqual([]);
});

test('text that is not well-formed arrives as PagerDuty can read it', async () => {
  const body =
    '{"summary":"lone \\ud800 half","dedup_key":"surrogate","custom_details":{"a":"nul \\u0000 here","n":1e400}}';
  const answer = await site.api
    .post('/api/plugins/business-application/pagerduty/trigger-custom/?wait=20')
    .set('Content-Type', 'application/json')
    .send(body);
  expect(answer.status).toBe(200);
  expect(sent('surrogate').payload).toMatchObject({
    summary: 'lone \ufffd half',
    custom_details: { a: 'nul \ufffd here', n: null },
  });
});
