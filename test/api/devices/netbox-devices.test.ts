import { createNetboxSite, type NetboxSite } from '../../helpers/netbox-site';
import { createDevicesSite } from '../../helpers/devices';

const PATH = '/api/devices/netbox-devices/';
const ROUTER = { role: 'router', platform: 'juniper-junos', site: 1, device_type: 1, status: 'active' } as const;

describe('with NetBox', () => {
  let site: NetboxSite;

  beforeEach(async () => {
    site = await createNetboxSite({ devices: 0 });
  });
  afterEach(() => site.close());

  /** A device that no webhook tells of. */
  function quietly(name: string): number {
    const [id = 0] = site.fake.state.insertSilently(1);
    return site.fake.state.updateSilently(id, { ...ROUTER, name }).id;
  }

  test('devices are listed as they are in NetBox when it is asked before, and no router is made of them', async () => {
    const id = quietly('r1.par');
    const stale = await site.api.get(PATH).expect(200);
    expect(stale.body.results).toEqual([]);
    expect(stale.headers['x-netbox-listed']).toBeUndefined();
    const began = Date.now();
    const { body, headers } = await site.api.get(`${PATH}?refresh=true&limit=1`).expect(200);
    expect(body.results).toMatchObject([{ id, display: 'r1.par', router: null }]);
    for (const time of [headers['x-netbox-listed'], body.results[0].read_at])
      expect(Date.parse(time as string)).toBeGreaterThanOrEqual(began - 1_000);
    expect(await site.routers()).toEqual([]);
  });

  test('the pages that follow do not ask NetBox again', async () => {
    quietly('r1.par');
    quietly('r2.par');
    const { body } = await site.api.get(`${PATH}?refresh=true&limit=1`).expect(200);
    expect(body.next).toMatch(/limit=1&offset=1$/);
    expect(body.next).not.toContain('refresh');
  });

  test('those who ask at the same time ask NetBox once', async () => {
    quietly('r1.par');
    site.fake.faults.set({ slow: { path: '/api/dcim/devices/', ms: 1_000 } });
    const answers = await Promise.all([1, 2, 3].map(() => site.api.get(`${PATH}?refresh=true`).expect(200)));
    expect(answers.map(({ body }) => body.count)).toEqual([1, 1, 1]);
    const { body } = await site.api.get('/api/core/jobs/?type=netbox-reconcile').expect(200);
    expect(body.count).toBe(1);
  });

  test('a NetBox that fails lists what was read last, and leaves no job behind that goes on', async () => {
    quietly('r1.par');
    const { headers } = await site.api.get(`${PATH}?refresh=true`).expect(200);
    quietly('r2.par');
    site.fake.faults.set({ refuse: { status: 403, json: { detail: 'Invalid v1 token' } } });
    const refused = await site.api.get(`${PATH}?refresh=true`).expect(200);
    expect(refused.body.count).toBe(1);
    expect(refused.headers['x-netbox-listed']).toBe(headers['x-netbox-listed']);
    const { body } = await site.api.get('/api/core/jobs/?type=netbox-reconcile').expect(200);
    expect(body.results.map(({ status }: { status: string }) => status)).toEqual(['failed', 'completed']);
  });

  test('an outage is waited out no longer than somebody looks at the list', async () => {
    site.fake.faults.set({ refuse: { status: 503 } });
    await site.api.get(`${PATH}?refresh=true`).expect(200);
    const { body } = await site.api.get('/api/core/jobs/?type=netbox-reconcile').expect(200);
    expect(body.results[0]).toMatchObject({ status: 'failed', error: { type: 'NETBOX_UNAVAILABLE' } });
  });

  test('a reconciliation of another kind that runs is left alone, and the list comes all the same', async () => {
    const [id] = [quietly('r1.par')];
    site.fake.faults.set({ slow: { path: '/api/dcim/devices/', ms: 2_000 } });
    await site.api.post('/api/devices/reconcile/', { device_ids: [id] }).expect(202);
    const began = Date.now();
    expect((await site.api.get(`${PATH}?refresh=true`).expect(200)).body.count).toBe(0);
    expect(Date.now() - began).toBeLessThan(1_900);
  });

  test('to ask NetBox takes the right to write', async () => {
    const { body } = await site.api.post('/api/users/tokens/', { name: 'reader', scope: 'read' }).expect(201);
    await site.api.get(PATH, body.key).expect(200);
    const { body: problem } = await site.api.get(`${PATH}?refresh=true`, body.key).expect(403);
    expect(problem.detail).toContain('expected write');
    expect(site.fake.requests).toEqual([]);
  });
});

describe('without Temporal', () => {
  test('what was read last is listed; a filter that there is not, and a wrong flag, are refused', async () => {
    const { api, close } = await createDevicesSite();
    await api.get(`${PATH}?refresh=true`).expect(200);
    await api.get(`${PATH}?refresh=false`).expect(200);
    expect((await api.get(`${PATH}?refresh=maybe`).expect(400)).body.errors).toHaveProperty('refresh');
    expect((await api.get(`${PATH}?refresh=true&colour=red`).expect(400)).body.errors).toHaveProperty('colour');
    await close();
  });

  test('while the link is off, there is nothing to ask and nothing to list', async () => {
    const { api, close } = await createDevicesSite(['NETBOX_API']);
    expect((await api.get(`${PATH}?refresh=true`).expect(503)).body.detail).toContain('NETBOX_API');
    await close();
  });
});
