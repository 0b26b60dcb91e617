import { setTimeout as sleep } from 'node:timers/promises';
import { transact } from '../../../store/transact';
import { lockDrift, sweepDrift } from '../../../store/ixapi/drift/keep';
import { createDriftSite, JOIN, NOW, OTHER_MAC, type DriftSite } from '../../helpers/drift-site';

let site: DriftSite;
beforeEach(async () => {
  site = await createDriftSite();
});
afterEach(() => site.close());

const GOOD = { mac_address: '02:01:00:00:00:01', vlan: 100 };
const id = (kind: string): string => `ixapi-drift-${site.exchange}-NSC-1-${kind}`;
/** What the alert of an event heard, in order. */
const heard = async (): Promise<unknown[]> =>
  site.knex('incident_timeline').whereNotNull('fact').orderBy('id').pluck('fact');
const sweep = (): Promise<void> =>
  transact(site.knex, (trx) => sweepDrift(trx, JOIN, { actor: 'ixapi', now: new Date(NOW.getTime() + 60_000) }));

test('only what is critical is reported as an event, and only where events are wanted', async () => {
  await site.set({ mac_address: OTHER_MAC, speed: 1000 });
  await site.compare(false);
  expect(await site.events()).toEqual([]);
  await site.compare(true, 60);
  expect(await site.kept()).toEqual([
    ['speed', 'warning', false],
    ['mac_address', 'critical', true],
  ]);
  const [event, ...others] = await site
    .knex('incident_event AS e')
    .join('incident_source AS s', 's.id', 'e.event_source')
    .select('e.*', 's.name AS source');
  expect(others).toEqual([]);
  expect(event).toMatchObject({
    ...{ dedup_id: id('mac_address'), status: 'triggered', criticality: 'CRITICAL', source: 'ixapi' },
    ...{ target_type: 'internet_exchange', target: 'Example IX' },
    message: `Example IX: the MAC address is 02:01:00:00:00:01 at the exchange, but ${OTHER_MAC} here`,
  });
  expect(event.raw).toMatchObject({ network_service_config: 'NSC-1', local: OTHER_MAC });
});

test('drift that goes on is not reported again, unless it reads otherwise', async () => {
  await site.set({ vlan: 200 });
  await site.compare(true);
  const before = await site.knex('incident_event').first();
  await site.compare(true, 60);
  expect(await site.knex('incident_event').first()).toEqual(before);
  await site.set({ vlan: 300 });
  await site.compare(true, 120);
  expect((await site.knex('incident_event').first()).message).toContain('300 here');
  expect(await heard()).toHaveLength(1);
});

test('what people did with the event stays while drift goes on', async () => {
  await site.set({ vlan: 200 });
  await site.compare(true);
  await site.knex('incident_event').update({ status: 'suppressed' });
  await site.compare(true, 60);
  expect(await site.events()).toEqual([[id('vlan'), 'suppressed']]);
});

test('drift that is over clears its event, and fires again when it comes back', async () => {
  await site.set({ vlan: 200 });
  await site.compare(true);
  await site.set(GOOD);
  await site.compare(true, 60);
  expect(await site.events()).toEqual([[id('vlan'), 'ok']]);
  expect(await site.kept()).toEqual([]);
  await site.set({ vlan: 200 });
  await site.compare(true, 120);
  expect(await site.events()).toEqual([[id('vlan'), 'triggered']]);
  expect(await heard()).toHaveLength(3);
});

test('drift that was reported is cleared though events are not wanted any more', async () => {
  await site.set({ vlan: 200, mac_address: OTHER_MAC });
  await site.compare(true);
  await site.compare(false, 60);
  expect(await site.kept()).toEqual([
    ['mac_address', 'critical', true],
    ['vlan', 'critical', true],
  ]);
  await site.set(GOOD);
  await site.compare(false, 120);
  expect(await site.events()).toEqual([
    [id('mac_address'), 'ok'],
    [id('vlan'), 'ok'],
  ]);
});

test('drift that is not critical any more clears its event and stays', async () => {
  await site.set({ vlan: 200 });
  await site.compare(true);
  await site.set({ status: 'disabled' });
  await site.compare(true, 60);
  expect(await site.kept()).toContainEqual(['vlan', 'warning', false]);
  expect(await site.events()).toEqual([[id('vlan'), 'ok']]);
  await site.set({ status: 'enabled' });
  await site.compare(true, 120);
  expect(await site.events()).toEqual([[id('vlan'), 'triggered']]);
});

test('comparing twice at once keeps and reports drift once', async () => {
  await site.set({ vlan: 200, mac_address: OTHER_MAC });
  await Promise.all(Array.from({ length: 4 }, () => site.compare(true)));
  expect(await site.kept()).toEqual([
    ['mac_address', 'critical', true],
    ['vlan', 'critical', true],
  ]);
  expect(await heard()).toHaveLength(2);
  await site.set(GOOD);
  await Promise.all([site.compare(true, 60), site.compare(true, 60), sweep()]);
  expect(await site.kept()).toEqual([]);
  expect(await heard()).toHaveLength(4);
});

const isWaitedFor = async (): Promise<boolean> =>
  (await site.knex('pg_locks').where({ locktype: 'advisory', granted: false })).length > 0;

test('a comparison that waits for another one sees what is there when its turn comes', async () => {
  const other = await site.knex.transaction();
  await lockDrift(other, site.exchange);
  const waiting = site.compare(true);
  for (const end = Date.now() + 10_000; !(await isWaitedFor()) && Date.now() < end;) await sleep(20);
  await site.set({ vlan: 200 });
  await other.commit();
  expect(await waiting).toBe(1);
  expect(await site.kept()).toEqual([['vlan', 'critical', true]]);
});

test('a sweep leaves the drift of linked exchanges', async () => {
  await site.set({ vlan: 200 });
  await site.compare(true);
  await sweep();
  expect(await site.kept()).toHaveLength(1);
  expect(await site.events()).toEqual([[id('vlan'), 'triggered']]);
});

test('a sweep takes back the drift of an exchange that is linked no more', async () => {
  await site.set({ vlan: 200, speed: 1000 });
  await site.compare(true);
  await site.knex('peering_internet_exchange').update({ ixapi_endpoint: null });
  await sweep();
  expect(await site.kept()).toEqual([]);
  expect(await site.events()).toEqual([[id('vlan'), 'ok']]);
});

test('a sweep takes back the drift of an exchange that is gone, whose event still says which it was', async () => {
  await site.set({ vlan: 200 });
  await site.compare(true);
  await site.knex('net_connection').delete();
  await site.knex('peering_internet_exchange').delete();
  await sweep();
  expect(await site.kept()).toEqual([]);
  expect(await site.knex('incident_event').first()).toMatchObject({ status: 'ok', target: 'Example IX' });
});
