import { createDevicesSite, ROUTERS, setRouter, type DevicesSite } from '../../helpers/devices';
import { AUTONOMOUS_SYSTEMS, CONNECTIONS, EXCHANGES, make } from '../../helpers/peering';

let site: DevicesSite;

beforeEach(async () => {
  site = await createDevicesSite();
});

afterEach(() => site.close());

const linesOf = async (id: number) => (await site.api.get(`${ROUTERS}${id}/audit/`).expect(200)).body.results;

async function connectionWith(router: number): Promise<number> {
  const { api } = site;
  const local_autonomous_system = await make(api, AUTONOMOUS_SYSTEMS, { asn: 64496, name: 'Ours', affiliated: true });
  const exchange = await make(api, EXCHANGES, { name: 'Example IX', local_autonomous_system });
  return make(api, CONNECTIONS, { internet_exchange_point: exchange, router });
}

test('a router is created with what is usual, changed, replaced with what was read, and deleted', async () => {
  const { api, send } = site;
  const { body: made } = await api.post(ROUTERS, { name: 'r1.par', primary_ip6: '2001:db8::0001' }).expect(201);
  expect(made).toMatchObject({
    ...{ name: 'r1.par', hostname: 'r1.par', platform: null, description: '', comments: '', site: null },
    ...{ status: { value: 'enabled', label: 'Enabled' }, state: { value: 'local', label: 'Local' } },
    ...{ primary_ip4: null, primary_ip6: '2001:db8::1', local_context_data: null, tags: [], custom_fields: {} },
    ...{ netbox_device_id: null, netbox_platform: null, delete_after: null },
  });
  expect(made).not.toHaveProperty('status_before');
  const one = `${ROUTERS}${made.id}/`;
  const fields = { tags: ['edge', 'core', 'edge'], local_context_data: { bgp: [1, 'x'] }, custom_fields: { rack: 7 } };
  const { body: patched } = await send('patch', one, fields).expect(200);
  expect(patched).toMatchObject({ ...fields, tags: ['core', 'edge'], name: 'r1.par', primary_ip6: '2001:db8::1' });
  const { body: put } = await send('put', one, { ...patched, status: 'maintenance', name: 'r2' }).expect(200);
  expect(put).toMatchObject({ ...patched, ...{ name: 'r2', hostname: 'r1.par', status: { value: 'maintenance' } } });
  await send('delete', one).expect(204);
  await api.get(one).expect(404);
  await send('delete', one).expect(404);
});

test('two routers may have one name', async () => {
  await make(site.api, ROUTERS, { name: 'r1' });
  await make(site.api, ROUTERS, { name: 'r1' });
  expect((await site.api.get(`${ROUTERS}?name=r1`).expect(200)).body.count).toBe(2);
});

test.each([
  ['name', ''],
  ['platform', 999],
  ['status', 'broken'],
  ['primary_ip4', '192.0.2.1/24'],
  ['primary_ip4', '2001:db8::1'],
  ['primary_ip6', '192.0.2.1'],
  ['primary_ip6', 'fe80::1%eth0'],
  ['local_context_data', []],
  ['local_context_data', { 'a\0': 1 }],
  ['custom_fields', null],
  ['tags', 'edge'],
])('a router with %s %j is refused by the name of the field', async (field, value) => {
  const { body } = await site.api.post(ROUTERS, { name: 'r1', [field]: value }).expect(400);
  expect(Object.keys(body.errors).map((name) => name.split('.')[0])).toEqual([field]);
});

test('a document of a router is nested, but not deeper than anybody needs', async () => {
  const nested = (levels: number): unknown => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);
  await site.api.post(ROUTERS, { name: 'r1', local_context_data: nested(32) }).expect(201);
  const { body } = await site.api.post(ROUTERS, { name: 'r2', local_context_data: nested(33) }).expect(400);
  expect(body.errors).toEqual({ local_context_data: ['expected at most 32 levels'] });
});

test('what only NetBox and we say of a router is read and not written', async () => {
  const read = { netbox_device_id: 7, state: 'in_sync', netbox_platform: 'x', delete_after: '2030-01-01' };
  const { body } = await site.api.post(ROUTERS, { name: 'r1', ...read }).expect(201);
  expect(body).toMatchObject({ netbox_device_id: null, state: { value: 'local' }, netbox_platform: null });
  await site.api.post(ROUTERS, { name: 'r1', status_before: 'enabled' }).expect(400);
});

test('what people do to a router is told newest first, field by field, and only where something changed', async () => {
  const { api, send } = site;
  const id = await make(api, ROUTERS, { name: 'r1', tags: ['edge'] });
  const one = `${ROUTERS}${id}/`;
  await send('patch', one, { name: 'r2', tags: ['edge'], comments: 'moved' }).expect(200);
  await send('patch', one, { name: 'r2' }).expect(200);
  await send('put', one, { name: 'r2', comments: 'moved', tags: ['edge'] }).expect(200);
  await send('delete', one).expect(204);
  const lines = await linesOf(id);
  expect(lines.map(({ action }: { action: string }) => action)).toEqual(['removed', 'updated', 'created']);
  expect(lines[0].changes).toMatchObject({ name: { from: 'r2', to: null }, tags: { from: ['edge'], to: null } });
  expect(lines[1].changes).toEqual({ name: { from: 'r1', to: 'r2' }, comments: { from: '', to: 'moved' } });
  expect(lines[2].changes).toMatchObject({ name: { from: null, to: 'r1' }, state: { from: null, to: 'local' } });
  for (const line of lines) {
    expect(line).toMatchObject({ layer: 'person', username: 'bootstrap', request_id: null, confirmed: false });
    expect(line.time).toBe(api.now.toISOString());
  }
  await api.get(`${ROUTERS}999/audit/`).expect(404);
  const csv = await api.get(`${one}audit/?format=csv&fields=action,username`).expect(200);
  expect(csv.text).toBe('action,username\nremoved,bootstrap\nupdated,bootstrap\ncreated,bootstrap\n');
});

test('an audit line names the token by which a change was made', async () => {
  const { body: token } = await site.api.post('/api/users/tokens/', { name: 'alice', scope: 'write' }).expect(201);
  const { body } = await site.api.post(ROUTERS, { name: 'r1' }, token.key).expect(201);
  expect(await linesOf(body.id)).toMatchObject([{ action: 'created', username: 'alice' }]);
});

test('nothing that is refused leaves an audit line', async () => {
  const id = await make(site.api, ROUTERS, { name: 'r1' });
  await site.send('patch', `${ROUTERS}${id}/`, { name: 'r2', platform: 999 }).expect(400);
  expect(await linesOf(id)).toMatchObject([{ action: 'created' }]);
});

test('deleted routers are listed when their state is asked for, and have their address', async () => {
  const { api, knex } = site;
  const [here, gone] = [await make(api, ROUTERS, { name: 'here' }), await make(api, ROUTERS, { name: 'gone' })];
  await setRouter(knex, gone, { state: 'deleted', netbox_device_id: 7, delete_after: '2030-01-01T00:00:00Z' });
  const idsOf = async (query: string) =>
    (await api.get(`${ROUTERS}?ordering=id&${query}`).expect(200)).body.results.map(({ id }: { id: number }) => id);
  expect(await idsOf('')).toEqual([here]);
  expect(await idsOf('netbox_device_id=7')).toEqual([]);
  expect(await idsOf('state=deleted')).toEqual([gone]);
  expect(await idsOf('state=local&state=deleted')).toEqual([here, gone]);
  expect(await idsOf('state__n=in_sync')).toEqual([here, gone]);
  expect((await api.get(`${ROUTERS}${gone}/`).expect(200)).body.delete_after).toBe('2030-01-01T00:00:00Z');
  expect((await api.get(`${ROUTERS}?format=csv&fields=id,state`).expect(200)).text).toBe(`id,state\n${here},local\n`);
});

test('routers are found by their tags, addresses, platforms and words', async () => {
  const { api } = site;
  const router = { name: 'r1.par', tags: ['edge'], primary_ip4: '192.0.2.1', platform: 1, site: 'par1' };
  const id = await make(api, ROUTERS, router);
  await make(api, ROUTERS, { name: 'other' });
  for (const filter of ['tags=edge', 'primary_ip4=192.0.2.1', 'platform=1', 'site=par1', 'q=192.0.2', 'q=PAR']) {
    const { body } = await api.get(`${ROUTERS}?${filter}`).expect(200);
    expect([filter, body.results.map((found: { id: number }) => found.id)]).toEqual([filter, [id]]);
  }
});

describe('the deletion of a linked router', () => {
  const linked = async (values: object): Promise<number> => {
    const id = await make(site.api, ROUTERS, { name: 'r1' });
    await setRouter(site.knex, id, { netbox_device_id: 7, ...values });
    return id;
  };
  const exclusions = async () => (await site.api.get('/api/devices/exclusions/').expect(200)).body.results;

  test.each(['linked', 'in_sync', 'platform_unknown', 'platform_missing'])(
    'whose state is %s needs exclude=true, which keeps its device away',
    async (state) => {
      const id = await linked({ state });
      const one = `${ROUTERS}${id}/`;
      for (const path of [one, `${one}?exclude=false`]) {
        expect((await site.send('delete', path).expect(409)).body.detail).toMatch(/device 7 .*: expected exclude=true/);
      }
      await site.send('delete', `${one}?exclude=perhaps`).expect(400);
      await site.send('delete', `${one}?exclude=true`).expect(204);
      expect(await exclusions()).toEqual([
        { netbox_device_id: 7, name: 'r1', created: site.api.now.toISOString(), created_by: 'bootstrap' },
      ]);
      expect((await linesOf(id))[0]).toMatchObject({ action: 'removed', netbox_device_id: 7 });
    },
  );

  test.each(['out_of_scope', 'not_visible', 'deleted', 'deleted_in_netbox'])(
    'whose state is %s needs nothing, and excludes nothing unless it is asked to',
    async (state) => {
      await site.send('delete', `${ROUTERS}${await linked({ state })}/`).expect(204);
      expect(await exclusions()).toEqual([]);
      await site.send('delete', `${ROUTERS}${await linked({ state })}/?exclude=true`).expect(204);
      expect(await exclusions()).toMatchObject([{ netbox_device_id: 7 }]);
    },
  );

  test('lets go of what the guard held back of it', async () => {
    const id = await linked({ state: 'in_sync' });
    const held_at = site.api.now.toISOString();
    const hold = { netbox_device_id: 7, router: id, action: 'disabled', layer: 'webhook', held_at };
    await site.knex('netbox_hold').insert(hold);
    await site.send('delete', `${ROUTERS}${id}/?exclude=true`).expect(204);
    expect(await site.knex('netbox_hold')).toEqual([]);
  });

  test('is undone by ending the exclusion, and the device is looked at', async () => {
    await site.send('delete', `${ROUTERS}${await linked({ state: 'in_sync' })}/?exclude=true`).expect(204);
    await site.send('delete', '/api/devices/exclusions/7/').expect(204);
    expect(await exclusions()).toEqual([]);
    expect(await site.hints()).toEqual([{ device_id: 7, layer: 'person', username: 'bootstrap' }]);
    for (const id of ['7', '9007199254740992', '-1', 'x']) {
      await site.send('delete', `/api/devices/exclusions/${id}/`).expect(404);
    }
  });

  test('that has connections excludes nothing, since it stays', async () => {
    const id = await linked({ state: 'in_sync' });
    await connectionWith(id);
    const { body } = await site.send('delete', `${ROUTERS}${id}/?exclude=true`).expect(409);
    expect(body.detail).toBe('it has connections: give these another router first');
    expect(await exclusions()).toEqual([]);
    expect(await linesOf(id)).toHaveLength(1);
  });
});

describe('the router of a connection', () => {
  test('is written, read, filtered by, and taken away', async () => {
    const { api, send } = site;
    const router = await make(api, ROUTERS, { name: 'r1' });
    const connection = await connectionWith(router);
    const one = `${CONNECTIONS}${connection}/`;
    expect((await api.get(one).expect(200)).body.router).toBe(router);
    expect((await api.get(`${CONNECTIONS}?router=${router}`).expect(200)).body.count).toBe(1);
    await send('delete', `${ROUTERS}${router}/`).expect(409);
    expect((await send('patch', one, { router: null }).expect(200)).body.router).toBeNull();
    expect((await api.get(`${CONNECTIONS}?router__empty=true`).expect(200)).body.count).toBe(1);
    await send('delete', `${ROUTERS}${router}/`).expect(204);
  });

  test('exists and is not deleted', async () => {
    const { api, send, knex } = site;
    const [router, gone] = [await make(api, ROUTERS, { name: 'r1' }), await make(api, ROUTERS, { name: 'gone' })];
    await setRouter(knex, gone, { state: 'deleted' });
    const one = `${CONNECTIONS}${await connectionWith(router)}/`;
    const errorOf = async (id: number) => (await send('patch', one, { router: id }).expect(400)).body.errors;
    expect(await errorOf(999)).toEqual({ router: ['there is no such router'] });
    expect(await errorOf(gone)).toEqual({ router: [`router ${gone} is deleted: restore it first`] });
    expect((await api.get(one).expect(200)).body.router).toBe(router);
  });

  test('is not deleted while it is given, nor given while it is deleted', async () => {
    const { api, send, knex } = site;
    const [router, gone] = [await make(api, ROUTERS, { name: 'r1' }), await make(api, ROUTERS, { name: 'gone' })];
    const one = `${CONNECTIONS}${await connectionWith(router)}/`;
    const trx = await knex.transaction();
    await trx('devices_router').where({ id: gone }).forUpdate().first('id');
    const waiting = send('patch', one, { router: gone }).then((answer) => answer);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await setRouter(trx, gone, { state: 'deleted' });
    await trx.commit();
    expect((await waiting).status).toBe(400);
    expect((await api.get(one).expect(200)).body.router).toBe(router);
  });
});
