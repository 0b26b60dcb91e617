import { FAKE_NETBOX_TOKEN, startFakeNetbox, type FakeNetbox } from '../fakes/netbox/server';
import { startFakePeeringdb, type FakePeeringdb } from '../fakes/peeringdb/server';
import { createCommandsSite, printedJson, type CommandsSite } from '../helpers/commands-site';
import { until } from '../helpers/processes';
import { runCli } from '../helpers/run-cli';
import type { StartedProduct } from '../helpers/started-product';

jest.setTimeout(120_000);

/** The commands that concern NetBox against the real product. */
let site: CommandsSite;
let peeringdb: FakePeeringdb;
let netbox: FakeNetbox;
let cli: StartedProduct['cli'];
let settings: Readonly<Record<string, string>> & { readonly PEERINGDB_API: string };

beforeAll(async () => {
  [peeringdb, netbox] = await Promise.all([startFakePeeringdb({ scale: 0.002 }), startFakeNetbox({ devices: 12 })]);
  settings = {
    ...{ PEERINGDB_API: peeringdb.url, NETBOX_API: netbox.url, NETBOX_API_TOKEN: FAKE_NETBOX_TOKEN },
    ...{ NETBOX_WEBHOOK_SECRETS: 'the-secret-of-the-webhook', NETBOX_CHANGE_GUARD: '100% or 1' },
  };
  site = await createCommandsSite(settings);
  ({ cli } = site.product);
});
afterAll(async () => {
  await site.close();
  await Promise.all([peeringdb.close(), netbox.close()]);
});

/** The rows that a command prints, as CSV without its head. */
const rows = async (...argv: string[]): Promise<string[]> => {
  const { code, stdout, stderr } = await cli(...argv, '-f', 'csv');
  if (code !== 0) throw new Error(`exit code ${code}: ${stderr}`);
  return stdout.trimEnd().split('\n').slice(1);
};

test('the first reconciliation is planned, applied by its id, and then there is nothing left to do', async () => {
  const planned = await cli('netbox', 'reconcile', '-f', 'csv');
  expect(planned.code).toBe(0);
  const [, plan = '', checksum = ''] = /--plan (\S+) --checksum ([0-9a-f]{64})/.exec(planned.stderr) ?? [];
  expect(await cli('netbox', 'reconcile', '--plan', plan, '--checksum', 'f'.repeat(64))).toMatchObject({ code: 1 });
  const applied = await cli('netbox', 'reconcile', '--plan', plan, '--checksum', checksum, '-f', 'csv');
  expect(applied).toMatchObject({ code: 0, stdout: planned.stdout });
  const created = planned.stdout.split('\n').filter((row) => row.startsWith('create,'));
  const devices = new Set(created.map((row) => row.split(',')[1]));
  expect(applied.stderr).toMatch(new RegExp(`^${devices.size} applied$`, 'm'));
  expect(devices.size).toBeGreaterThan(2);
  expect(await rows('netbox', 'reconcile')).toEqual([]);
  expect(await rows('netbox', 'devices')).toHaveLength(devices.size);
});

interface Shown {
  readonly id: string;
  readonly status: string;
}
const guard = async (): Promise<Shown | undefined> => {
  const [job]: Shown[] = printedJson(await cli('job', 'list', '--type', 'netbox-guard', '-f', 'json'));
  return job;
};

test('reconcile --apply shows and applies what changed; what the guard holds back is exit code 2, until it is confirmed', async () => {
  const ids = (await rows('netbox', 'devices')).map((row) => Number(row.split(',')[0]));
  const [renamed, first, second] = ids as [number, number, number];
  netbox.state.updateDevice(renamed, { name: 'renamed' });
  const names = (await rows('netbox', 'reconcile', '--apply')).filter((row) => row.includes(',name,'));
  expect(names).toEqual([expect.stringMatching(`^update,${renamed},renamed,name,.*,renamed$`)]);
  for (const id of [first, second]) netbox.state.deleteDevice(id);
  const { code, stderr } = await cli('netbox', 'reconcile', '--apply', '--device', String(first), String(second));
  const held = Math.max(first, second);
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(`holds back 1 \\(${held}\\)`) });
  await until(async () => (await guard())?.status === 'waiting');
  expect((await cli('job', 'confirm', (await guard())?.id ?? '')).code).toBe(0);
  await until(async () => (await rows('netbox', 'reconcile')).length === 0);
});

test('a device that NetBox got since is listed when NetBox is asked before', async () => {
  const { id } = netbox.state.createDevice({ name: 'brand-new', role: 'router', site: 1, device_type: 1 });
  expect(await rows('netbox', 'devices', '--q', 'brand-new')).toEqual([]);
  const listed = await rows('netbox', 'devices', '--refresh', '--q', 'brand-new');
  expect(listed).toEqual([expect.stringMatching(`^${id},brand-new,`)]);
});

test('the doctor finds nothing wrong with a NetBox that is followed', async () => {
  const env = { ...settings, DATA_DIR: site.dataDir, PORT: '0', TEMPORAL_UI_PORT: '0' };
  const { code, stdout } = await runCli(env, 'doctor');
  expect(stdout.split('\n').filter((line) => !/^(ok|warn) /.test(line))).toEqual(['']);
  expect(stdout).toContain(`${netbox.url} is NetBox 4.6.8`);
  expect(code).toBe(0);
});
