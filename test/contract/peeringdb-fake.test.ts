import { OBJECTS, OBJECT_TAGS } from '../../store/peeringdb/objects';
import { ask, type Asked } from '../fakes/peeringdb/ask';
import { EPOCH } from '../fakes/peeringdb/clock';
import { PUBLISHED_LIMITS } from '../fakes/peeringdb/limits';
import { FAKE_API_KEY as key, startFakePeeringdb, type FakePeeringdb } from '../fakes/peeringdb/server';

const seconds = EPOCH / 1000;
let fake: FakePeeringdb;
const get = (path: string, options = {}): Promise<Asked> => ask(`${fake.url}/${path}`, options);

describe('the wire', () => {
  beforeAll(async () => {
    fake = await startFakePeeringdb({ seed: 3, scale: 0.01 });
  });
  afterAll(() => fake.close());

  test('the fake writes JSON in the bytes of Python: ASCII, spaced separators, data before meta', async () => {
    const { text, headers } = await get('fac', { key });
    expect(headers['content-type']).toBe('application/json');
    expect(text).toMatch(/^\{"data": \[\{"id": 1, "org_id": \d+, "org_name": "/);
    expect(text).toMatch(/"latitude": -?[\d.]+, .*\}\], "meta": \{"generated": \d+\.\d+\}\}$/s);
    expect(text).toMatch(/^[\x20-\x7e]*$/);
    expect(text).toMatch(/S\\u00e3o Paulo|Z\\u00fcrich|K\\u00f6ln/);
  });

  test.each(OBJECT_TAGS)('a row of %s has exactly the fields of its type', async (tag) => {
    const { data } = (await get(tag, { key })).json();
    const fields = [...OBJECTS[tag].columns.map(({ name }) => name), 'status'].sort();
    const whole = tag === 'ixlan' ? data.filter((row) => row.ixf_ixp_member_list_url_visible !== 'Private') : data;
    for (const row of whole) expect(Object.keys(row).sort()).toEqual(fields);
    expect(whole.length).toBeGreaterThan(0);
  });

  test('an unfiltered list is frozen until the next refresh, while filters and since read the database', async () => {
    const before = (await get('net', { key })).text;
    fake.clock.advance(5000);
    fake.state.update('net', 1, { notes: 'grüße\u0001' });
    expect((await get('net', { key })).text).toBe(before);
    const filtered = (await get('net?id=1', { key })).text;
    expect(filtered).toContain('"notes": "gr\\u00fc\\u00dfe\\u0001"');
    expect(filtered).toMatch(/"meta": \{\}\}$/);
    expect((await get('net?limit=250', { key })).text).toMatch(/"meta": \{\}\}$/);
    expect((await get('net?limit=251', { key })).text).toMatch(/"meta": \{"generated": \d/);
    fake.state.refreshListFiles(['net']);
    expect((await get('net', { key })).text).toContain('"notes": "gr\\u00fc\\u00dfe\\u0001"');
  });

  test('list files of different types are generated at different times, later than the rows in them', async () => {
    const times = await Promise.all(OBJECT_TAGS.map(async (tag) => (await get(tag)).json().meta.generated as number));
    expect(new Set(times).size).toBe(OBJECT_TAGS.length);
    expect(Math.min(...times)).toBeGreaterThan(seconds);
  });

  test('since is strict, reads floats as whole seconds, orders by updated and tells of tombstones', async () => {
    fake.clock.advance(10_000);
    const now = Math.floor(fake.clock.now() / 1000);
    const [deleted, changed] = fake.state.ids('netfac');
    fake.state.delete('netfac', deleted!);
    fake.clock.advance(1000);
    fake.state.update('netfac', changed!, { city: 'Tromsø' });
    const { data, meta } = (await get(`netfac?since=${now - 1}.9`)).json();
    expect(data.map(({ id, status }) => [id, status])).toEqual([
      [deleted, 'deleted'],
      [changed, 'ok'],
    ]);
    expect(meta).toEqual({});
    expect((await get(`netfac?since=${now}`)).json().data).toHaveLength(1);
    expect((await get(`netfac?since=${now + 1}`)).text).toBe('{"data": [], "meta": {}}');
    const all = (await get('netfac?since=1')).json().data.map((row) => String(row.updated));
    expect(all).toEqual([...all].sort());
    expect(all.length).toBe(fake.state.ids('netfac').length + fake.state.ids('netfac', 'deleted').length);
  });

  test('pending campuses are told by since only', async () => {
    const [pending] = fake.state.ids('campus', 'pending');
    expect((await get('campus')).json().data.map(({ id }) => id)).not.toContain(pending);
    expect((await get('campus?since=1')).json().data).toContainEqual(
      expect.objectContaining({ id: pending, status: 'pending' }),
    );
  });

  test('rows are found by ids, ASNs and parents, deleted ones with since', async () => {
    const [dead] = fake.state.ids('net', 'deleted');
    const ids = async (path: string): Promise<unknown[]> => (await get(path)).json().data.map(({ id }) => id);
    expect(await ids(`net?id__in=1,2,${dead!},999999`)).toEqual([1, 2]);
    expect(new Set(await ids(`net?since=1&id__in=1,2,${dead!}`))).toEqual(new Set([1, 2, dead]));
    const { asn, org_id } = fake.state.get('net', 2);
    expect(await ids(`net?asn=${asn as number}`)).toEqual([2]);
    expect(await ids(`net?asn__in=${asn as number},4200000000`)).toEqual([2]);
    expect(await ids(`net?org_id=${org_id as number}`)).toContain(2);
    const ports = (await get('netixlan?ixlan_id=1')).json().data;
    expect(ports.length).toBeGreaterThan(3);
    expect(ports.every((row) => row.ixlan_id === 1)).toBe(true);
    expect(await ids('net?limit=2&skip=1')).toEqual(fake.state.ids('net').slice(1, 3));
  });

  test('one object has its own address; what is deleted or unknown is 404', async () => {
    expect((await get('net/1')).json().data).toEqual([fake.state.get('net', 1)]);
    const [dead] = fake.state.ids('net', 'deleted');
    for (const path of [`net/${dead!}`, 'net/999999', 'net?asn=4200000001', 'net?id=999999'])
      expect((await get(path)).status).toBe(404);
    expect((await get('net?asn=4200000001')).text).toBe('{"data": [], "meta": {"error": "Entity not found"}}');
    expect((await get('unknown')).status).toBe(404);
  });

  test.each(['net?since=yesterday', 'net?limit=x', 'net?id__in=1,x', 'net?depth=1', 'net?fields=id'])(
    'parameters that PeeringDB or its fake cannot serve are refused: %s',
    async (path) => {
      const { status, json } = await get(path);
      expect(status).toBe(400);
      expect(json().meta.error).toEqual(expect.any(String));
    },
  );

  test('gzip is used when asked for and holds the same bytes, of files and of answers from the database', async () => {
    for (const path of ['net', 'net?since=1']) {
      const plain = await get(path);
      const packed = await get(path, { gzip: true });
      expect(plain.headers['content-encoding']).toBeUndefined();
      expect(packed.headers['content-encoding']).toBe('gzip');
      expect(packed.raw.length).toBeLessThan(plain.raw.length / 3);
      expect(packed.text).toBe(plain.text);
    }
  });

  test('contacts for users only, and the member list of an exchange, are hidden from the anonymous', async () => {
    const open = (await get('poc')).json().data;
    const all = (await get('poc', { key })).json().data;
    expect(all.length).toBe(fake.state.counts().poc);
    expect(open.length / all.length).toBeCloseTo(24 / 56, 2);
    expect(new Set(open.map((row) => row.visible))).toEqual(new Set(['Public']));
    for (const path of ['ixlan', 'ixlan?since=1', 'ixlan?limit=50']) {
      for (const row of (await get(path)).json().data)
        expect('ixf_ixp_member_list_url' in row).toBe(row.ixf_ixp_member_list_url_visible === 'Public');
      for (const row of (await get(path, { key })).json().data)
        expect('ixf_ixp_member_list_url' in row).toBe(row.ixf_ixp_member_list_url_visible !== 'Private');
    }
    const hidden = all.find((row) => row.visible === 'Users')!;
    expect((await get(`poc/${hidden.id as number}`)).status).toBe(404);
    expect((await get('poc?since=1')).json().data.some((row) => row.visible === 'Users')).toBe(false);
    expect(fake.state.liveRows('poc', 'anonymous')).toEqual(open);
  });

  test('the public cache holds what the anonymous see, without credentials or limits', async () => {
    const { json, status } = await ask(`${fake.cacheUrl}/poc-0.json`);
    expect(status).toBe(200);
    expect(json().data).toEqual((await get('poc')).json().data);
    expect(json().meta.generated).toEqual(expect.any(Number));
  });

  test('a wrong key is 401, basic authentication 403, another scheme is nobody', async () => {
    const wrong = await get('net', { key: 'wrong' });
    expect([wrong.status, wrong.text]).toEqual([401, '{"meta": {"error": "Invalid API key"}}']);
    expect((await get('net', { headers: { authorization: 'Basic eDp5' } })).status).toBe(403);
    expect((await get('poc', { headers: { authorization: 'Bearer x' } })).status).toBe(200);
    expect(fake.requests.slice(-3).map(({ identity }) => identity)).toEqual(['refused', 'refused', 'anonymous']);
    expect(fake.requests.at(-1)).toMatchObject({ method: 'GET', path: '/api/poc', status: 200, at: fake.clock.now() });
  });
});

describe('limits', () => {
  beforeEach(async () => {
    fake = await startFakePeeringdb({ seed: 3, scale: 0.02, limits: PUBLISHED_LIMITS });
  });
  afterEach(() => fake.close());

  test('the same large anonymous list is refused for an hour of the clock, though asked in between', async () => {
    expect((await get('net')).status).toBe(200);
    fake.clock.advance(60_000);
    const refused = await get('net');
    expect(refused.status).toBe(429);
    expect(refused.headers['retry-after']).toBe('3540');
    expect(refused.text).toMatch(
      /^\{"message": "Request was throttled\. Expected available in 59 minutes\..*", "meta": \{"error": "Too Many Requests"\}\}$/,
    );
    expect((await get('net', { key })).status).toBe(200);
    expect((await get('net?since=1700000000')).status).toBe(200);
    fake.clock.advance(3_540_000);
    expect((await get('net')).status).toBe(200);
  });

  test('a refusal is repeated from memory for ten seconds, without Retry-After', async () => {
    await get('net');
    const first = await get('net');
    const again = await get('net');
    expect([first.headers['retry-after'], again.headers['retry-after']]).toEqual(['3600', undefined]);
    expect(again.text).toBe(first.text);
    fake.clock.advance(10_000);
    expect((await get('net')).headers['retry-after']).toBe('3590');
  });

  test.each([
    ['anonymous', undefined, 20],
    ['with a key', key, 40],
  ])('only so many requests a minute are served: %s', async (_, given, allowed) => {
    const options = given === undefined ? {} : { key: given };
    const statuses: number[] = [];
    for (let id = 0; id <= allowed; id += 1) statuses.push((await get(`ix?id__in=${id}`, options)).status);
    expect(statuses).toEqual([...Array<number>(allowed).fill(200), 429]);
    expect((await ask(`${fake.cacheUrl}/net-0.json`)).status).toBe(200);
    fake.clock.advance(60_000);
    expect((await get('ix?id__in=1', options)).status).toBe(200);
  });

  test('who is refused for credentials too often in a minute is answered 429', async () => {
    const statuses: number[] = [];
    for (let id = 0; id < 12; id += 1) statuses.push((await get(`net/${id}`, { key: 'wrong' })).status);
    expect(statuses).toEqual([...Array<number>(11).fill(401), 429]);
  });
});
