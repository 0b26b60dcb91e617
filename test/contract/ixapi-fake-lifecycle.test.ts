import { askAs, type Asked, type AskOptions } from '../fakes/ixapi/ask';
import { OTHER_ACCOUNT, OUR_ACCOUNT } from '../fakes/ixapi/keys';
import type { Row } from '../fakes/ixapi/model';
import { startFakeIxapi, type FakeIxapi } from '../fakes/ixapi/server';

let fake: FakeIxapi;
let cases: Record<string, string>;

beforeEach(async () => {
  fake = await startFakeIxapi();
  cases = fake.state.cases();
});
afterEach(() => fake.close());

const ask = (path: string, options: AskOptions = {}): Promise<Asked> => askAs(fake.url, path, options);
const shown = async (name: string): Promise<Row> =>
  (await ask(`/network-service-configs/${cases[name]!}`)).json() as Row;

test('a configuration waits for its addresses, gets them and goes into production once its features are there', async () => {
  const id = cases['requested']!;
  expect(await shown('requested')).toMatchObject({ state: 'requested', ips: [] });
  fake.state.allocate(id);
  const { ips, state } = await shown('requested');
  expect([state, (ips as string[]).length]).toEqual(['allocated', 2]);
  const found = (await ask(`/ips?network_service_config=${id}`)).json() as Row[];
  expect(found.map(({ version, valid_not_after }) => [version, valid_not_after])).toEqual([
    [4, null],
    [6, null],
  ]);
  fake.state.setState(id, 'testing');
  expect(() => fake.state.setState(id, 'production')).toThrow(/lacks a configuration of the required feature NF-1/);
  fake.state.configureFeatures(id);
  fake.state.setState(id, 'production');
  const { network_feature_configs: features, status } = await shown('requested');
  expect(fake.state.row('network-feature-configs', (features as string[])[0]!).state).toBe('production');
  expect((status as Row[])[0]).toMatchObject({ severity: 6, tag: 'production' });
});

test('addresses come for one family, and expired or not yet valid, where it is told so', () => {
  const id = cases['requested']!;
  fake.state.allocate(id, [6], 'future');
  const [ip] = (fake.state.row('network-service-configs', id).ips as string[]).map((one) => fake.state.row('ips', one));
  expect(ip).toMatchObject({ version: 6, valid_not_before: '2040-01-01T00:00:00Z' });
});

test('states that do not follow are refused, errors can befall anything, and an update asks nobody', () => {
  const id = cases['archived']!;
  expect(() => fake.state.setState(id, 'production')).toThrow(`${id} is in archived: production does not follow`);
  const status = { severity: 2, tag: 'fire', message: 'the data centre burns' };
  const [told] = fake.state.setState(cases['production']!, 'error', status).status as Row[];
  expect(told).toMatchObject(status);
  expect(Date.parse(told!.timestamp as string)).toBeGreaterThan(Date.now() - 5000);
  expect(fake.state.update('network-service-configs', id, { state: 'production' }).state).toBe('production');
});

test('a configuration ends on its day, and with it those of its features', async () => {
  const id = cases['production']!;
  const day = new Date(Date.now() + 3 * 86_400_000).toISOString().slice(0, 10);
  fake.state.decommission(id, day);
  expect(await shown('production')).toMatchObject({ state: 'decommission_requested', decommission_at: day });
  fake.clock.advance(4 * 86_400_000);
  const { state, network_feature_configs: features } = await shown('production');
  expect([state, fake.state.row('network-feature-configs', (features as string[])[0]!).state]).toEqual([
    'decommissioned',
    'decommissioned',
  ]);
  fake.state.setState(id, 'archived');
  expect((await shown('production')).state).toBe('archived');
});

test('a MAC address is registered, brought in, and pending until the exchange has done it', async () => {
  const owned = { managing_account: OUR_ACCOUNT, consuming_account: OUR_ACCOUNT };
  const added = await ask('/macs', { method: 'POST', body: { ...owned, address: '02:AB:00:00:00:01' } });
  expect([added.status, added.json().address]).toEqual([201, '02:AB:00:00:00:01']);
  const path = `/network-service-configs/${cases['production']!}`;
  const macs = [added.json().id as string];
  const changed = await ask(path, { method: 'PATCH', body: { macs, state: 'archived', ips: [] } });
  expect([changed.status, changed.json()]).toMatchObject([202, { macs, state: 'production_change_pending' }]);
  expect((changed.json().ips as string[]).length).toBe(2);
  fake.state.setState(cases['production']!, 'production');
  expect((await shown('production')).macs).toEqual(macs);
  expect((await ask(`/macs/${macs[0]!}`, { method: 'DELETE' })).json().type).toContain('unable-to-fulfill');
  expect((await ask(path, { method: 'PATCH', body: { macs: ['MAC-NONE'] } })).status).toBe(400);
});

test('MAC addresses that are none, multicast or of nobody are refused by the name of their field', async () => {
  const owned = { managing_account: OUR_ACCOUNT, consuming_account: OUR_ACCOUNT };
  const refused = async (body: object): Promise<unknown> => {
    const { status, json } = await ask('/macs', { method: 'POST', body });
    return [status, (json().properties as { name: string }[]).map(({ name }) => name)];
  };
  for (const address of ['01:00:5e:00:00:01', 'ff:ff:ff:ff:ff:ff', '02-00-00-00-00-01', 'x'])
    expect(await refused({ ...owned, address })).toEqual([400, ['address']]);
  expect(await refused({ address: '02:00:00:00:00:01' })).toEqual([400, ['managing_account', 'consuming_account']]);
  const nobody = { managing_account: OUR_ACCOUNT, consuming_account: 'ACC-1003', address: '02:00:00:00:00:01' };
  expect(await refused(nobody)).toEqual([400, ['consuming_account']]);
  expect(await refused({ ...nobody, consuming_account: OTHER_ACCOUNT })).toEqual([400, ['consuming_account']]);
});

test('a client asks what an end would cost and then for the end', async () => {
  const path = `/network-service-configs/${cases['untagged']!}`;
  const { decommission_at, charged_until } = (await ask(`${path}/cancellation-policy`)).json() as Row;
  expect(String(decommission_at) < String(charged_until)).toBe(true);
  const ended = await ask(path, { method: 'DELETE', body: { decommission_at: '2040-05-01' } });
  expect([ended.status, ended.json()]).toMatchObject([
    202,
    { state: 'decommission_requested', decommission_at: '2040-05-01' },
  ]);
  const at = fake.state.rows('network-feature-configs', { network_service_config: cases['untagged']! });
  expect(new Set(at.map(({ state }) => state as string))).toEqual(new Set(['decommission_requested']));
});

test('what cannot be written is not allowed', async () => {
  expect((await ask('/connections', { method: 'POST', body: {} })).status).toBe(405);
  expect((await ask('/ips/IP-1', { method: 'DELETE' })).status).toBe(405);
  expect((await ask('/network-service-configs/NSC-1/nothing')).status).toBe(404);
});

test('objects are added, changed and removed by hand, and MAC addresses come to configurations', async () => {
  const id = cases['production']!;
  const changes = { address: '02:00:00:00:00:77', valid_not_after: '2020-01-01T00:00:00Z' };
  const { id: last } = fake.state.addMac(id, changes);
  expect((await ask(`/macs?network_service_config=${id}`)).json()).toHaveLength(2);
  expect(fake.state.row('macs', last)).toMatchObject(changes);
  fake.state.remove('macs', last);
  expect((await ask(`/macs/${last}`)).status).toBe(404);
  fake.state.put('macs', { ...fake.state.row('macs', 'MAC-1'), id: 'MAC-NEW' });
  expect((await ask('/macs/MAC-NEW')).status).toBe(200);
  expect(() => fake.state.row('macs', 'MAC-NONE')).toThrow('there is no MAC-NONE in macs');
});
