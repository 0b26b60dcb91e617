import { acknowledgeOf, enqueue, resolveOf, triggerOf } from '../fakes/pagerduty/ask';
import { FAKE_ROUTING_KEY, routingKeyOf } from '../fakes/pagerduty/keys';
import { startFakePagerduty, type FakePagerduty } from '../fakes/pagerduty/server';

let fake: FakePagerduty;

beforeAll(async () => {
  fake = await startFakePagerduty();
});
afterAll(() => fake.close());

const payload = { summary: 'router is down', source: 'netbox', severity: 'critical' };
const LENGTH = "Length of 'routing_key' is incorrect (should be 32 characters)";
const LETTERS = "'routing_key' cannot contain non-alphanumeric characters.";
const SEVERITY =
  "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')";
const ACTION = "'event_action' is invalid (must be one of the following: 'trigger', 'acknowledge' or 'resolve')";
const blank = (...fields: string[]): string[] => fields.map((field) => `'${field}' is missing or blank`);

const REFUSED: [what: string, event: object, errors: string[]][] = [
  ['no routing key', triggerOf('a', { routing_key: undefined }), blank('routing_key')],
  ['a short routing key', triggerOf('a', { routing_key: 'abc' }), [LENGTH]],
  ['a routing key with a sign', triggerOf('a', { routing_key: `${'a'.repeat(31)}-` }), [LETTERS]],
  ['a short routing key with a sign', triggerOf('a', { routing_key: 'a-b' }), [LENGTH, LETTERS]],
  ['an unknown routing key', triggerOf('a', { routing_key: routingKeyOf(99) }), ['Invalid routing key']],
  ['no action', { routing_key: FAKE_ROUTING_KEY, payload }, blank('event_action')],
  ['a blank action', triggerOf('a', { event_action: ' ' }), blank('event_action')],
  ['another action', triggerOf('a', { event_action: 'Trigger' }), [ACTION]],
  ['an acknowledge without a key', { ...acknowledgeOf('a'), dedup_key: undefined }, blank('dedup_key')],
  ['a resolve with a blank key', resolveOf(''), blank('dedup_key')],
  ['a long key', triggerOf('k'.repeat(256)), ["Length of 'dedup_key' is incorrect (should be at most 255 characters)"]],
  [
    'no payload',
    triggerOf('a', { payload: undefined }),
    blank('payload.summary', 'payload.source', 'payload.severity'),
  ],
  ['no source', triggerOf('a', { payload: { ...payload, source: '' } }), blank('payload.source')],
  ['another severity', triggerOf('a', { payload: { ...payload, severity: 'high' } }), [SEVERITY]],
  [
    'a long summary',
    triggerOf('a', { payload: { ...payload, summary: '↯'.repeat(1025) } }),
    ["Length of 'payload.summary' is incorrect (should be at most 1024 characters)"],
  ],
  [
    'links without an address',
    triggerOf('a', { links: [{ href: 'https://x' }, { text: 'x' }] }),
    blank('links[1].href'),
  ],
  [
    'nothing right',
    { routing_key: 'a', event_action: 'trigger', payload: { severity: 'x' } },
    [LENGTH, ...blank('payload.summary', 'payload.source'), SEVERITY],
  ],
];

test.each(REFUSED)('an event with %s is refused with all that is wrong', async (_, event, errors) => {
  const answer = await enqueue(fake.url, event);
  expect(answer.status).toBe(400);
  expect(answer.json()).toEqual({ status: 'invalid event', message: 'Event object is invalid', errors });
  expect(fake.state.alerts()).toEqual([]);
  expect(fake.log.events().at(-1)).toMatchObject({ status: 400, effect: 'rejected' });
});

test.each(['{"routing_key":', '', '[]', '"trigger"'])('what is no JSON object is not recognised: %j', async (body) => {
  const answer = await enqueue(fake.url, body);
  expect([answer.status, answer.json()]).toEqual([
    400,
    {
      status: 'Unrecognized object',
      message: 'Event object format is unrecognized',
      errors: ['JSON parse error'],
    },
  ]);
});

test('an event of 512 000 bytes is taken and one byte more is not', async () => {
  const big = (bytes: number): string => {
    const empty = JSON.stringify(triggerOf('big', { payload: { ...payload, custom_details: '' } }));
    return empty.replace('"custom_details":""', `"custom_details":"${'x'.repeat(bytes - empty.length)}"`);
  };
  expect((await enqueue(fake.url, big(512_000))).status).toBe(202);
  expect((await enqueue(fake.url, big(512_001))).json()).toMatchObject({
    message: 'Event object is invalid',
    errors: ['Event exceeds the maximum size of 512 KB'],
  });
});

test('a valid event is processed, however long its key and summary may just be, and whatever its timestamp', async () => {
  const dedup_key = 'k'.repeat(255);
  const long = { ...payload, summary: '↯'.repeat(1024), timestamp: 'yesterday' };
  const answer = await enqueue(fake.url, triggerOf(dedup_key, { payload: long }));
  expect([answer.status, answer.json()]).toEqual([202, { status: 'success', message: 'Event processed', dedup_key }]);
});

test('a trigger without a key gets one of 32 hexadecimal digits, a new one each time', async () => {
  const keys: string[] = [];
  for (const dedup_key of [undefined, undefined, ''])
    keys.push((await enqueue(fake.url, triggerOf(dedup_key))).json().dedup_key);
  expect(keys).toEqual([1, 2, 3].map(() => expect.stringMatching(/^[0-9a-f]{32}$/)));
  expect(new Set(keys).size).toBe(3);
  expect(fake.log.events({ dedup_key: keys[0]! })).toHaveLength(1);
});
