import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FAKE_IXAPI_KEY } from '../fakes/ixapi/keys';
import { startFakeIxapi, type FakeIxapi } from '../fakes/ixapi/server';
import { startFakePeeringdb, type FakePeeringdb } from '../fakes/peeringdb/server';
import { createCommandsSite, printedJson as json, type CommandsSite } from '../helpers/commands-site';
import { runCli, type CliRun } from '../helpers/run-cli';
import type { StartedProduct } from '../helpers/started-product';

jest.setTimeout(120_000);

/** The commands that concern IX-API against the real product. */
let site: CommandsSite;
let peeringdb: FakePeeringdb;
let exchange: FakeIxapi;
let cli: StartedProduct['cli'];
let settings: Readonly<Record<string, string>> & { readonly PEERINGDB_API: string };

const ALLOWED = { IXAPI_ALLOW_PRIVATE: 'true', IXAPI_SCHEDULE: '17 4 1 1 *' };

beforeAll(async () => {
  [peeringdb, exchange] = await Promise.all([startFakePeeringdb({ scale: 0.002 }), startFakeIxapi()]);
  settings = { PEERINGDB_API: peeringdb.url, ...ALLOWED };
  site = await createCommandsSite(settings);
  ({ cli } = site.product);
  const { body: local } = await site.product.post('/api/peering/autonomous-systems/', {
    ...{ asn: 64500, name: 'Example Networks', affiliated: true },
  });
  const { body: frankfurt } = await site.product.post('/api/peering/internet-exchanges/', {
    ...{ name: 'Frankfurt', slug: 'fra', local_autonomous_system: local.id },
  });
  // Without PeeringDB it is by the prefixes of our connections that the LAN is known.
  await site.product.post('/api/net/connections/', {
    ...{ internet_exchange_point: frankfurt.id, status: 'enabled', ipv4_address: '198.18.15.250/20' },
  });
});
afterAll(async () => {
  await site.close();
  await Promise.all([peeringdb.close(), exchange.close()]);
});

const add = (secret: string, ...more: string[]): Promise<CliRun> => {
  const file = join(site.dataDir, 'ixapi-secret');
  writeFileSync(file, `${secret}\n`);
  const access = ['--url', exchange.url, '--key', FAKE_IXAPI_KEY.api_key, '--secret-file', file];
  return cli('ixapi', 'add', '--name', 'Example IX', ...access, ...more);
};

test('an object is added with one of the identities that the exchange knows of us, linked, and read', async () => {
  const refused = await add('wrong', '--identity', FAKE_IXAPI_KEY.account);
  expect(refused).toMatchObject({ code: 3, stdout: '', stderr: expect.stringMatching(/api_secret: /) });
  const possible = await add(FAKE_IXAPI_KEY.api_secret, '-f', 'csv');
  expect(possible).toMatchObject({ code: 3, stdout: expect.stringContaining(`\n${FAKE_IXAPI_KEY.account},`) });
  expect(json(await cli('ixapi', 'list', '-f', 'json'))).toEqual([]);
  const made = await add(FAKE_IXAPI_KEY.api_secret, '--identity', FAKE_IXAPI_KEY.account, '-f', 'json');
  expect(json(made)).toMatchObject({ name: 'Example IX', fetched_at: null });
  expect(await cli('ixapi', 'refresh', 'fra')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('not linked'),
  });
  expect((await cli('ixapi', 'link', 'fra', 'example ix')).code).toBe(0);
  const refreshed = await cli('ixapi', 'refresh', 'fra', '-f', 'csv');
  expect(refreshed.code).toBe(0);
  expect(refreshed.stdout).toMatch(/^network_service_configs,\d\d+$/m);
});

/** The rows that a command prints, as CSV without its head. */
const rows = async (...argv: string[]): Promise<string[]> => {
  const { code, stdout, stderr } = await cli('ixapi', ...argv, '-f', 'csv');
  if (code !== 0) throw new Error(`exit code ${code}: ${stderr}`);
  return stdout.trimEnd().split('\n').slice(1);
};

test('what the exchange has for us is shown, planned and imported, and then there is nothing left to do', async () => {
  const { production = '', qinq = '' } = exchange.state.cases();
  const before = await rows('show', 'fra');
  const row = (id: string, all: readonly string[]): string => all.find((one) => one.startsWith(`${id},`)) ?? '';
  expect(row(production, before)).toMatch(/,production,\d+,.*,create$/);
  expect(row(qinq, before)).toMatch(/,production,\d+\.\d+,/);
  const { stdout, stderr } = await cli('ixapi', 'show', 'fra');
  expect(stdout).toMatch(/^Example IX, http.*; IX-API 2\.\d\.\d, health pass, read \d+ s ago\n/);
  expect(stderr).toMatch(/of other accounts here: not ours to import$/m);
  const planned = await cli('ixapi', 'import', 'fra', production, '--dry-run', '-f', 'csv');
  expect(planned.stderr).toMatch(/^1 to create, 0 to link, 0 to update, 0 skipped$/m);
  const imported = await cli('ixapi', 'import', 'fra', production, '-f', 'csv');
  expect(imported.stdout.replaceAll(/^(create,[^,]*),\d+,/gm, '$1,,')).toBe(planned.stdout);
  expect(await rows('import', 'fra', production)).toEqual([
    expect.stringMatching(`^skip,${production},,reason,,"it is connection \\d+ already`),
  ]);
  expect(row(production, await rows('show', 'fra'))).toMatch(/,\d+,.*,done$/);
});

test('where the exchange and our connection differ is listed, and what is unknown is exit code 3', async () => {
  const { production = '' } = exchange.state.cases();
  const found = (await rows('drift', '--exchange', 'fra')).filter((one) => one.includes('not_imported'));
  expect(found.length).toBeGreaterThan(3);
  expect(found.join()).not.toContain(`,${production},`);
  expect((await cli('ixapi', 'drift', '--exchange', 'nowhere')).code).toBe(3);
  expect((await cli('ixapi', 'show', '99')).code).toBe(3);
});

test('the doctor has the product try the object at its exchange', async () => {
  const env = { ...settings, DATA_DIR: site.dataDir, PORT: '0', TEMPORAL_UI_PORT: '0' };
  const lines = async (): Promise<string[]> =>
    (await runCli(env, 'doctor')).stdout.split('\n').filter((line) => /^\w+ +ix-api /.test(line));
  const good = await lines();
  expect(good.slice(0, 2)).toEqual([
    expect.stringMatching(`^ok .* takes the key; ${FAKE_IXAPI_KEY.account} is ours$`),
    expect.stringMatching(/^ok .* it was last read at /),
  ]);
  expect(good.filter((line) => line.startsWith('fail'))).toEqual([]);
  expect(good.join()).not.toContain(FAKE_IXAPI_KEY.api_secret);
});

test('an exchange that is linked no more is not shown any more', async () => {
  expect((await cli('ixapi', 'unlink', 'fra')).code).toBe(0);
  expect(await cli('ixapi', 'show', 'fra')).toMatchObject({ code: 1, stderr: expect.stringContaining('not linked') });
});
