import { lockAlertOf, tellAlert } from '../../../store/pagerduty/alerts';
import type { Fact } from '../../../store/pagerduty/facts';
import { changeIncident, createIncident } from '../../../store/incidents/incidents';
import type { IncidentValues } from '../../../store/incidents/incident-rows';
import { createVault } from '../../../store/secrets';
import { routingKeyOf } from '../../fakes/pagerduty/keys';
import type { Fault } from '../../fakes/pagerduty/faults';
import { createRng } from '../../fakes/peeringdb/rng';
import { TEST_SECRET_KEY } from '../../helpers/api';
import { createIncidentSite, type IncidentSite } from '../../helpers/incident-site';
import { until } from '../../helpers/processes';

/** What goes wrong with senders that are not careful; each was seen with such a sender. */

const [KEY, OTHER] = [routingKeyOf(1), routingKeyOf(2)] as const;

let site: IncidentSite;
beforeAll(async () => {
  site = await createIncidentSite({
    services: [{ name: 'Network', routingKeys: [KEY, OTHER] }],
    rateLimit: 'off',
    pagerduty: { timeoutMs: 1_000 },
  });
});
afterAll(() => site.close());
afterEach(() => site.fake.faults.clear());

const who = () => ({ actor: 'a person', now: new Date() });
const keyOf = (id: number): string => `netbox-incident-${id}`;

const create = (values: Partial<IncidentValues> = {}): Promise<number> =>
  site.knex.transaction((trx) =>
    createIncident(
      trx,
      {
        ...{ title: 'Transit is down', description: '', status: 'new', severity: 'high', reporter: 'noc' },
        ...{ commander: '', responders: [], affected_services: [], events: [], ...values },
      },
      who(),
    ),
  );
const change = (id: number, status: IncidentValues['status']) =>
  site.knex.transaction((trx) => changeIncident(trx, id, { status }, who()));

/** What arrived at PagerDuty of an incident, and what it did. */
const arrived = (id: number) => site.fake.log.events({ dedup_key: keyOf(id) });
const effects = (id: number) => arrived(id).map(({ event_action, effect }) => `${event_action}: ${effect}`);
const pagerdutys = (id: number) => site.fake.state.incidents({ incident_key: keyOf(id) }).map(({ status }) => status);
const befall = (event_action: string, ...faults: Fault[]): void => {
  // A rule that was hit lets the next one have the next request.
  for (const fault of faults) site.fake.faults.add({ event_action }, fault);
};

test('a resolve does not overtake its trigger, however long that takes', async () => {
  befall('trigger', { kind: 'delay', milliseconds: 800 });
  const id = await create();
  await change(id, 'resolved');
  await site.settled();
  expect(effects(id)).toEqual(['trigger: opened', 'resolve: resolved']);
  const [trigger, resolve] = arrived(id);
  expect(resolve!.at - trigger!.at).toBeGreaterThanOrEqual(800);
  expect(pagerdutys(id)).toEqual(['resolved']);
});

test('a trigger whose answer is lost, and whose source clears, opens one incident that ends resolved', async () => {
  befall('trigger', { kind: 'lose-answer' });
  const id = await create();
  await until(() => arrived(id).length > 0);
  await change(id, 'resolved');
  await site.settled();
  expect(effects(id)).toEqual(['trigger: opened', 'trigger: appended', 'resolve: resolved']);
  expect(pagerdutys(id)).toEqual(['resolved']);
});

test('a trigger that has to be repeated for long is not repeated after its resolve', async () => {
  befall(
    'trigger',
    { kind: 'hang', processed: true },
    { kind: 'status', status: 503 },
    { kind: 'truncated' },
    { kind: 'not-json' },
  );
  const id = await create();
  await until(() => arrived(id).length > 0);
  await change(id, 'acknowledged');
  await change(id, 'closed');
  await site.settled();
  const sent = arrived(id).map(({ event_action }) => event_action);
  expect(sent.lastIndexOf('trigger')).toBeLessThan(sent.indexOf('acknowledge'));
  expect(sent.slice(sent.indexOf('acknowledge'))).toEqual(['acknowledge', 'resolve']);
  expect(pagerdutys(id)).toEqual(['resolved']);
});

test('a resolve whose answer is lost is repeated, and opens nothing', async () => {
  const id = await create();
  await site.settled();
  befall('resolve', { kind: 'lose-answer' });
  await change(id, 'resolved');
  await site.settled();
  expect(effects(id)).toEqual(['trigger: opened', 'resolve: resolved', 'resolve: dropped']);
  await change(id, 'new');
  await site.settled();
  expect(pagerdutys(id)).toEqual(['resolved', 'triggered']);
});

async function service(name: string): Promise<number> {
  const at = new Date().toISOString();
  const [row] = await site
    .knex('incident_service')
    .insert({
      ...{ name, service_type: 'technical', description: '', hold_seconds: 0, quiet_seconds: 0 },
      ...{ created: at, last_updated: at },
    })
    .returning<{ id: number }[]>('id');
  return row!.id;
}

async function giveKey(id: number, key: string): Promise<void> {
  const routing_key = await createVault(TEST_SECRET_KEY).keep(site.knex, 'routing_key', key, new Date());
  await site.knex('incident_service').where({ id }).update({ routing_key });
}

test('an alert is resolved under the routing key that it was triggered with, and its next life has the new one', async () => {
  const transit = await service('transit');
  await giveKey(transit, KEY);
  const id = await create({ affected_services: [transit] });
  await site.settled();
  await giveKey(transit, OTHER);
  await change(id, 'acknowledged');
  await change(id, 'resolved');
  await site.settled();
  await change(id, 'new');
  await site.settled();
  expect(arrived(id).map(({ event_action, routing_key }) => [event_action, routing_key])).toEqual([
    ['trigger', KEY],
    ['acknowledge', KEY],
    ['resolve', KEY],
    ['trigger', OTHER],
  ]);
  expect(pagerdutys(id)).toEqual(['resolved', 'triggered']);
});

test('a trigger that PagerDuty may have taken is repeated under its routing key, although there is a new one', async () => {
  const backbone = await service('backbone');
  await giveKey(backbone, KEY);
  befall('trigger', { kind: 'lose-answer' });
  const id = await create({ affected_services: [backbone] });
  await until(() => arrived(id).length > 0);
  await giveKey(backbone, OTHER);
  await site.settled();
  await change(id, 'resolved');
  await site.settled();
  expect(effects(id)).toEqual(['trigger: opened', 'trigger: appended', 'resolve: resolved']);
  expect(site.fake.state.openAlerts({ alert_key: keyOf(id) })).toEqual([]);
});

test('two workers send each alert in order whatever befalls its requests, also when they change meanwhile', async () => {
  await site.startWorker();
  const rng = createRng(5);
  const faults: readonly Fault[] = [
    { kind: 'lose-answer' },
    { kind: 'reset' },
    { kind: 'status', status: 500 },
    { kind: 'delay', milliseconds: 300 },
  ];
  for (let nth = 1; nth < 90; nth += 1) if (rng.chance(0.25)) site.fake.faults.add({ nth }, rng.pick(faults));
  const ids = await Promise.all(Array.from({ length: 24 }, () => create()));
  await Promise.all(ids.map((id) => change(id, 'acknowledged')));
  await site.stopWorker();
  await Promise.all(ids.filter((_, n) => n % 3 !== 0).map((id) => change(id, 'resolved')));
  await Promise.all([site.startWorker(), site.startWorker()]);
  await site.settled();
  for (const [n, id] of ids.entries()) {
    const done = site.fake.log.events({ dedup_key: keyOf(id) }).filter(({ effect }) => effect !== null);
    const order = done.map(({ event_action }) => event_action).filter((action, at, all) => action !== all[at - 1]);
    expect(order).toEqual(n % 3 === 0 ? ['trigger', 'acknowledge'] : ['trigger', 'acknowledge', 'resolve']);
    expect(pagerdutys(id)).toEqual([n % 3 === 0 ? 'acknowledged' : 'resolved']);
  }
});

test('a trigger that crosses a resolve by people in PagerDuty leaves nothing open there', async () => {
  befall('trigger', { kind: 'lose-answer' }, { kind: 'delay', milliseconds: 800 });
  const id = await create();
  await until(() => arrived(id).length === 1);
  site.fake.people.resolve({ dedup_key: keyOf(id) }, 'somebody');
  await until(() => arrived(id).length === 2);
  // The webhook of it comes while the trigger is repeated.
  const now = new Date();
  const fact: Fact = { fact: 'said', did: 'resolved', over: true, at: now.toISOString() };
  await site.knex.transaction(async (trx) => {
    const alert = await lockAlertOf(trx, keyOf(id));
    await tellAlert(trx, alert!, fact, { action: 'resolved', actor: 'somebody', detail: 'in PagerDuty' }, now);
  });
  await site.settled();
  await until(() => arrived(id)[1]!.effect !== null);
  expect(pagerdutys(id)).toEqual(['resolved', 'resolved']);
  expect((await site.alert(keyOf(id)))?.told).toBe('resolved');
});
