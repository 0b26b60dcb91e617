import { ask, askAs, readAll } from '../fakes/ixapi/ask';
import { spawnFakeIxapi, type RemoteIxapi } from '../fakes/ixapi/remote';

let fake: RemoteIxapi;

beforeAll(async () => {
  fake = await spawnFakeIxapi({ version: '2.1.0', data: { configs: 30 } });
});
afterAll(() => fake.close());

test('an IX-API in another process is asked, changed and made to fail from here', async () => {
  expect(fake.url).toBe(`${fake.origin}/api/v2`);
  const id = (await fake.state.cases())['requested']!;
  await fake.state.allocate(id, [4]);
  expect((await askAs(fake.url, `/network-service-configs/${id}`)).json()).toMatchObject({ state: 'allocated' });
  await fake.faults.add({ path: '/macs' }, { kind: 'status', status: 500 });
  expect((await askAs(fake.url, '/macs')).status).toBe(500);
  await fake.paging.set({ size: 10 });
  expect(await readAll(fake.url, '/network-service-configs', 10)).toHaveLength(34);
  await fake.limits.set({ requests: 0 });
  expect((await askAs(fake.url, '/macs')).status).toBe(429);
  await fake.limits.set('off');
  await fake.about.setHealth({ status: 'warn' });
  expect((await ask(`${fake.url}/health`)).json()).toMatchObject({ status: 'warn' });
  await fake.clock.advance(1_000_000);
  expect((await fake.tokens.grants()).length).toBe(4);
  await fake.state.poison('zero-byte-in-name', 'NS-1');
  expect((await fake.state.row('network-services', 'NS-1')).name).toBe('a\u0000b');
  const counts = await fake.log.counts();
  expect([counts['GET /macs'], counts['GET /network-service-configs']]).toEqual([2, 4]);
  await fake.log.clear();
  expect(await fake.log.requests()).toEqual([]);
});

test('what an IX-API in another process refuses comes back with its reason', async () => {
  await expect(fake.state.row('macs', 'MAC-NONE')).rejects.toThrow('there is no MAC-NONE in macs');
  const unknown = await ask(`${fake.origin}/_control`, { method: 'POST', body: { call: 'state.sleep' } });
  expect([unknown.status, unknown.json().error]).toEqual([400, expect.stringContaining('state.allocate')]);
});
