import { acknowledgeOf, ask, enqueue, resolveOf, triggerOf, type AskOptions, type Asked } from '../fakes/pagerduty/ask';
import { FAKE_ROUTING_KEY, routingKeyOf } from '../fakes/pagerduty/keys';
import { startFakePagerduty, type FakePagerduty } from '../fakes/pagerduty/server';

let fake: FakePagerduty;
const GROUPED = routingKeyOf(2);

beforeEach(async () => {
  fake = await startFakePagerduty({
    rateLimit: 'off',
    services: [
      { name: 'Network', routingKeys: [FAKE_ROUTING_KEY] },
      { name: 'Grouped', routingKeys: [GROUPED], grouping: true },
    ],
  });
});
afterEach(() => fake.close());

const send = async (...events: object[]): Promise<void> => {
  for (const event of events) await enqueue(fake.url, event);
};
const get = (path: string, options?: AskOptions): Promise<Asked> => ask(`${fake.url}${path}`, options);

/** The numbers of the incidents that are found. */
async function numbers(params: string): Promise<number[]> {
  const { incidents } = (await get(`/incidents?${params}`)).json() as { incidents: { incident_number: number }[] };
  return incidents.map(({ incident_number }) => incident_number);
}

const put = (id: string, status: string, from: string | null = 'ada@example.net'): Promise<Asked> =>
  get(`/incidents/${id}`, {
    method: 'PUT',
    body: { incident: { type: 'incident_reference', status } },
    ...(from === null ? {} : { from }),
  });

test.each([null, 'Token token=wrong', 'Bearer fakePagerdutyRestKey', 'fakePagerdutyRestKey'])(
  'the REST API of PagerDuty refuses the credentials %j',
  async (authorization) => {
    const answer = await get('/incidents', { authorization });
    expect([answer.status, answer.json()]).toEqual([401, { error: { message: expect.any(String), code: 2006 } }]);
  },
);

test('incidents are found by the key of the incident or of an alert', async () => {
  await send(triggerOf('a'), triggerOf('b', { routing_key: GROUPED }), triggerOf('c', { routing_key: GROUPED }));
  await send(resolveOf('a'), triggerOf('a'));
  expect(await numbers('incident_key=a&date_range=all')).toEqual([1, 3]);
  expect(await numbers('incident_key=a&statuses[]=triggered&statuses[]=acknowledged')).toEqual([3]);
  expect(await numbers('incident_key=c')).toEqual([2]);
  expect(await numbers('incident_key=A')).toEqual([]);
});

test('incidents are found by status, service and time', async () => {
  await send(
    triggerOf('a'),
    triggerOf('b'),
    acknowledgeOf('b'),
    triggerOf('c', { routing_key: GROUPED }),
    resolveOf('a'),
  );
  expect(await numbers('')).toEqual([1, 2, 3]);
  expect(await numbers('statuses[]=acknowledged')).toEqual([2]);
  expect(await numbers('statuses%5B%5D=triggered&statuses%5B%5D=resolved')).toEqual([1, 3]);
  const grouped = fake.state.services()[1]!.id;
  expect(await numbers(`service_ids[]=${grouped}`)).toEqual([3]);
  const [past, future] = [Date.now() - 60_000, Date.now() + 60_000].map((time) => new Date(time).toISOString());
  expect(await numbers(`since=${past}&until=${future}`)).toEqual([1, 2, 3]);
  expect([await numbers(`since=${future}`), await numbers(`until=${past}`)]).toEqual([[], []]);
  expect(await numbers(`since=${future}&date_range=all`)).toEqual([1, 2, 3]);
  expect((await get('/incidents?statuses[]=open')).status).toBe(400);
});

test('a list of PagerDuty comes in pages of 25, or up to 100, and says whether there is more', async () => {
  for (let n = 0; n < 130; n += 1) await send(triggerOf(`k${n}`));
  const { incidents, ...rest } = (await get('/incidents')).json();
  expect([incidents.length, rest]).toEqual([25, { limit: 25, offset: 0, total: null, more: true }]);
  const last = (await get('/incidents?limit=1000&offset=100')).json();
  expect([last.incidents.length, last.limit, last.more]).toEqual([30, 100, false]);
  expect(last.incidents[0].incident_number).toBe(101);
  expect((await get('/incidents?limit=100&offset=30')).json().more).toBe(false);
  expect((await get('/incidents?limit=100&offset=9901')).json()).toMatchObject({ error: { code: 2001 } });
});

test('an incident is shown with its service, its state and its key', async () => {
  await send(triggerOf('a'), acknowledgeOf('a'));
  const { id, service_id } = fake.state.incidents()[0]!;
  const answer = await get(`/incidents/${id}`);
  expect(answer.json()).toMatchObject({
    incident: {
      id,
      type: 'incident',
      status: 'acknowledged',
      incident_key: 'a',
      incident_number: 1,
      title: 'router is down',
      created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      service: { id: service_id, type: 'service_reference', summary: 'Network' },
      alert_counts: { all: 1, triggered: 1, resolved: 0 },
    },
  });
  const missing = await get('/incidents/QNONE');
  expect([missing.status, missing.json()]).toEqual([404, { error: { message: 'Not Found', code: 2100 } }]);
});

test('the alerts of an incident are listed, by key and by status', async () => {
  const grouped = { routing_key: GROUPED };
  await send(triggerOf('a', grouped), triggerOf('b', grouped), resolveOf('a', GROUPED));
  const { id } = fake.state.incidents()[0]!;
  const list = (await get(`/incidents/${id}/alerts`)).json();
  expect(list).toMatchObject({ limit: 25, more: false, alerts: [{ alert_key: 'a', status: 'resolved' }, {}] });
  expect((await get(`/incidents/${id}/alerts?alert_key=b`)).json().alerts).toMatchObject([
    {
      type: 'alert',
      alert_key: 'b',
      status: 'triggered',
      severity: 'critical',
      summary: 'router is down',
      created_at: expect.any(String),
      incident: { id },
      service: { summary: 'Grouped' },
    },
  ]);
  expect((await get(`/incidents/${id}/alerts?statuses[]=resolved`)).json().alerts).toHaveLength(1);
  expect((await get('/incidents/QNONE/alerts')).status).toBe(404);
});

test('services are listed, and what else is asked of PagerDuty is not found', async () => {
  const { services } = (await get('/services')).json();
  expect(services).toMatchObject([{ name: 'Network', type: 'service' }, { name: 'Grouped' }]);
  for (const path of ['/users', '/incidents/a/b/c', '/v2/change/enqueue']) expect((await get(path)).status).toBe(404);
});

test('an incident is set to a status in the name of a user, and reopened from resolved', async () => {
  await send(triggerOf('a'));
  const { id } = fake.state.incidents()[0]!;
  expect((await put(id, 'acknowledged', null)).status).toBe(400);
  expect((await put(id, 'closed')).status).toBe(400);
  expect((await put('QNONE', 'resolved')).status).toBe(404);
  for (const status of ['acknowledged', 'triggered', 'resolved', 'resolved', 'acknowledged', 'resolved', 'triggered']) {
    expect((await put(id, status)).json()).toMatchObject({ incident: { id, status } });
    expect(fake.state.openAlerts()).toHaveLength(status === 'resolved' ? 0 : 1);
  }
  expect(fake.state.pages().map(({ reason }) => reason)).toEqual(['triggered', 'reopened', 'reopened']);
});

test('each key of the REST API has its number of requests a minute, told by headers', async () => {
  fake.limits.rest(2);
  const answers = [await get('/services'), await get('/services'), await get('/services')];
  expect(
    answers.map(({ status, headers }) => [status, headers['ratelimit-limit'], headers['ratelimit-remaining']]),
  ).toEqual([
    [200, '2', '1'],
    [200, '2', '0'],
    [429, '2', '0'],
  ]);
  expect(answers[2]!.json()).toEqual({ error: { code: 2020, message: 'Rate Limit Exceeded' } });
  const reset = Number(answers[2]!.headers['ratelimit-reset']);
  expect([reset > 50, reset <= 60]).toEqual([true, true]);
});
