import { ask, askAs, readAll } from '../fakes/ixapi/ask';
import { OUR_ACCOUNT } from '../fakes/ixapi/keys';
import type { Row } from '../fakes/ixapi/model';
import { startFakeIxapi, type FakeIxapi, type FakeIxapiOptions } from '../fakes/ixapi/server';

const running: FakeIxapi[] = [];

afterEach(() => Promise.all(running.splice(0).map((fake) => fake.close())));

async function start(options: FakeIxapiOptions): Promise<FakeIxapi> {
  const fake = await startFakeIxapi(options);
  running.push(fake);
  return fake;
}

test.each(['2.1.0', '2.7.1'] as const)('IX-API %s says its version and how it is, to anybody', async (version) => {
  const { url } = await start({ version });
  const health = await ask(`${url}/health`);
  expect([health.status, health.headers['content-type']]).toEqual([200, 'application/health+json']);
  expect(health.json()).toMatchObject({ status: 'pass', version: version === '2.1.0' ? '2' : '2.7.1' });
  const implementation = (await ask(`${url}/implementation`)).json() as Row;
  expect(implementation).toMatchObject({ schema_version: version });
  expect(implementation.supported_features).toEqual(version === '2.1.0' ? undefined : { pagination: true });
});

test('health and implementation say something else, or less', async () => {
  const { url, about } = await start({ version: '2.1.0' });
  about.setHealth({ status: 'fail', version: null, output: 'database is down' });
  about.setImplementation({ schema_version: '3.0.0' });
  const health = (await ask(`${url}/health`)).json() as Row;
  expect([health.status, 'version' in health]).toEqual(['fail', false]);
  expect((await ask(`${url}/implementation`)).json()).toMatchObject({ schema_version: '3.0.0' });
});

test('version 1 has other lists and neither health nor implementation, and is not at version 2', async () => {
  const { url, origin } = await start({ version: '1' });
  expect(url).toBe(`${origin}/api/v1`);
  for (const path of ['/health', '/implementation', '/accounts', '/account', '/connections'])
    expect([path, (await askAs(url, path)).status]).toEqual([path, 404]);
  expect((await askAs(url, '/customers')).json()).toMatchObject([{ id: OUR_ACCOUNT }]);
  expect((await ask(`${url}/customers`)).status).toBe(401);
  for (const path of ['/api/v2/health', '/api/v2/auth/token']) expect((await ask(`${origin}${path}`)).status).toBe(404);
});

test('only 2.7.1 has one own account, routed configurations, other features and zones', async () => {
  const [older, newer] = [await start({ version: '2.1.0' }), await start({ version: '2.7.1' })];
  expect((await askAs(newer.url, '/account')).json()).toMatchObject({ id: OUR_ACCOUNT, asns: [64_500] });
  expect((await askAs(older.url, '/account')).status).toBe(404);
  for (const path of ['/availability-zones', '/port-reservations', '/routing-functions'])
    expect([(await askAs(older.url, path)).status, (await askAs(newer.url, path)).status]).toEqual([404, 200]);
  const features = (url: string): Promise<string[]> =>
    readAll(url, '/network-features').then((rows) => [...new Set(rows.map(({ type }) => type as string))]);
  expect([await features(older.url), await features(newer.url)]).toEqual([
    ['route_server'],
    ['route_server', 'blackholing'],
  ]);
  const routed = newer.state.cases()['routing-function']!;
  expect((await askAs(newer.url, `/network-service-configs/${routed}`)).json()).toMatchObject({ connection: null });
  expect((await askAs(older.url, `/network-service-configs/${routed}`)).status).toBe(404);
});

test('only 2.7.1 tells where a connection is and whether a port is up, and finds them by account', async () => {
  const [older, newer] = [await start({ version: '2.1.0' }), await start({ version: '2.7.1' })];
  for (const [fake, isNewer] of [
    [older, false],
    [newer, true],
  ] as const) {
    const [connection] = await readAll(fake.url, '/connections');
    const [port] = await readAll(fake.url, '/ports');
    expect(['pop' in connection!, 'operational_state' in port!]).toEqual([isNewer, isNewer]);
    const none = await readAll(fake.url, `/connections?consuming_account=nobody`);
    expect(none.length === 0).toBe(isNewer);
  }
});

test('a facility read by its id is a list of one in 2.1.0, as its specification has it, and one object in 2.7.1', async () => {
  const [older, newer] = [await start({ version: '2.1.0' }), await start({ version: '2.7.1' })];
  for (const path of ['/facilities/FAC-1', '/metro-areas/MA-1']) {
    const { id } = (await askAs(newer.url, path)).json() as Row;
    expect((await askAs(older.url, path)).json()).toMatchObject([{ id }]);
  }
});

test('a circuit has a name in 2.1.0, and a display name and perhaps subnets in 2.7.1', async () => {
  for (const version of ['2.1.0', '2.7.1'] as const) {
    const { url } = await start({ version });
    const [circuit] = (await readAll(url, `/network-services?type=mp2mp_vc&consuming_account=${OUR_ACCOUNT}`)) as [Row];
    expect([circuit.name, circuit.display_name, circuit.subnet_v4]).toEqual(
      version === '2.1.0' ? ['Our LAN', undefined, undefined] : [undefined, 'Our LAN', '198.19.0.0/24'],
    );
  }
});

test('a path that cannot be read is not found', async () => {
  const { url } = await start({});
  expect((await askAs(url, '/ips/%E0%A4%A')).status).toBe(404);
});

test('problems are called JSON or what RFC 9457 calls them', async () => {
  for (const problems of ['application/json', 'application/problem+json'] as const) {
    const { url } = await start({ problems });
    for (const path of ['/ips', '/nothing']) {
      const { headers, json } = await ask(`${url}${path}`);
      expect([headers['content-type'], json().status]).toEqual([problems, 401]);
    }
    const { headers, status } = await askAs(url, '/ips/NONE');
    expect([headers['content-type'], status]).toEqual([problems, 404]);
  }
});

test('an API is where its exchange says, and what is elsewhere is a page for people', async () => {
  const { url, origin } = await start({ basePath: '/ix/api/v2' });
  expect(url).toBe(`${origin}/ix/api/v2`);
  expect((await ask(`${url}/health`)).status).toBe(200);
  for (const path of ['/', '/health', '/api/v2/health', '/auth/token']) {
    const { status, headers } = await ask(`${origin}${path}`);
    expect([status, headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
  }
});
