import { PassThrough } from 'node:stream';
import { main } from '../../../api/cli/main';
import { startFakeProduct, type Asked, type FakeProduct } from '../../helpers/fake-product';
import { collect, runCli, type CliRun } from '../../helpers/run-cli';

const SHOWN = {
  ix_api: { id: 1, name: 'Example', api_url: 'https://ix.example/api/v2', identity: 'ACC-100' },
  ...{ health: { status: 'pass' }, version: '2.7.1', fetched_at: '2026-01-02T03:04:05Z', age: 7_300, reason: null },
  problems: [{ list: 'ips', id: 'IP-9', reason: 'no address' }],
  network_services: [
    {
      ...{ id: 'NS-1', type: 'exchange_lan', name: 'LAN', state: 'production', peeringdb_ixid: 20 },
      match: {
        ...{ matched: true, by: 'peeringdb_ixid', reason: "both name PeeringDB's exchange 20" },
        ...{ ipv4: { outcome: 'same', reason: 'r' }, ipv6: { outcome: 'same', reason: 'r' } },
      },
    },
    {
      ...{ id: 'NS-2', type: 'p2p_vc', name: null, state: 'production' },
      match: {
        ...{ matched: false, by: null, reason: 'a service of type p2p_vc has no peering LAN' },
        ...{ ipv4: { outcome: 'unknown', reason: 'r' }, ipv6: { outcome: 'unknown', reason: 'r' } },
      },
    },
  ],
  network_features: [],
  network_service_configs: [
    {
      ...{ id: 'NSC-1', state: 'production', connection: 'CON-1', missing_features: ['NF-1'] },
      vlan_config: { vlan_type: 'qinq', outer_vlan: 100, inner_vlan: 7, outer_vlan_ethertype: null },
      ips: [{ address: '192.0.2.1', validity: 'valid' }],
      macs: [
        { address: '02:01:00:00:00:01', validity: 'expired' },
        { address: '02:01:00:00:00:02', validity: 'valid' },
      ],
      local_connection: { id: 5, by: 'id', differs: { speed: { ixapi: 10_000, local: null } } },
      importable: { action: 'update', reason: null, waiting: false },
    },
    {
      ...{ id: 'NSC-2', state: 'production', connection: 'CON-1', missing_features: [], ips: [], macs: [] },
      vlan_config: { vlan_type: 'port' },
      local_connection: { id: 6, by: 'id', differs: {} },
      importable: { action: 'skip', reason: 'it is connection 6 already, nothing differs', waiting: false },
    },
    {
      ...{ id: 'NSC-3', state: 'requested', connection: null, missing_features: [], ips: [], macs: [] },
      ...{ vlan_config: { vlan_type: 'dot1q', vlan: null }, local_connection: null },
      importable: { action: 'skip', reason: 'its state is requested', waiting: true },
    },
  ],
  network_feature_configs: [],
  connections: [
    {
      ...{ id: 'CON-1', name: 'ae0', state: 'production', mode: 'lag_lacp', speed: 20_000 },
      ports: [
        { id: 'P-1', name: 'Eth1' },
        { id: 'P-2', name: null },
      ],
      network_service_configs: ['NSC-1', 'NSC-2'],
    },
  ],
  others: { network_service_configs: [{ id: 'NSC-9' }] },
  foreign: { network_service_configs: [{ id: 'NSC-7' }, { id: 'NSC-8' }] },
};

let product: FakeProduct;
let body: object;

beforeEach(async () => {
  body = SHOWN;
  product = await startFakeProduct(() => ({ body }));
});
afterEach(() => product.close());

const env = (): NodeJS.ProcessEnv => ({
  ...{ CROSSCONNECT_URL: product.url, API_TOKEN: 't'.repeat(40), DATA_DIR: '/nonexistent' },
});
const show = (...argv: string[]): Promise<CliRun> => runCli(env(), 'ixapi', 'show', '3', ...argv);

test('show has services, our configs and connections, one table each, and says how old that is', async () => {
  const { code, stdout, stderr } = await show();
  expect(code).toBe(0);
  expect(stdout.replaceAll(/ {2,}/g, ' | ').split('\n')).toEqual([
    'Example, https://ix.example/api/v2, account ACC-100; IX-API 2.7.1, health pass, read 2 h ago',
    '',
    'NETWORK_SERVICE | TYPE | NAME | STATE | MATCHED | REASON',
    "NS-1 | exchange_lan | LAN | production | peeringdb_ixid | both name PeeringDB's exchange 20",
    'NS-2 | p2p_vc | production | no | a service of type p2p_vc has no peering LAN',
    '',
    'NETWORK_SERVICE_CONFIG | STATE | VLAN | IPS | MACS | CONNECTION | LOCAL_CONNECTION | DIFFERS | MISSING_FEATURES | IMPORT',
    'NSC-1 | production | 100.7 | 192.0.2.1 | 02:01:00:00:00:01 (expired) 02:01:00:00:00:02 | CON-1 | 5 | speed: 10000 there, nothing here | NF-1 | update',
    'NSC-2 | production | untagged | CON-1 | 6 | done',
    'NSC-3 | requested | ? | follow: its state is requested',
    '',
    'CONNECTION | NAME | STATE | MODE | SPEED | PORTS | NETWORK_SERVICE_CONFIGS',
    'CON-1 | ae0 | production | lag_lacp | 20000 | Eth1 P-2 | NSC-1 NSC-2',
    '',
  ]);
  expect(stderr.split('\n')).toEqual([
    '2 configs of other accounts here: not ours to import',
    '1 config of ours for something else than this LAN',
    '1 row not read as sent: JSON says why',
    '',
  ]);
});

test('show as CSV has our configs alone, and as JSON everything', async () => {
  const { stdout } = await show('-f', 'csv');
  expect(stdout.split('\n')).toHaveLength(5);
  expect(stdout).toMatch(/^NSC-1,production,100\.7,192\.0\.2\.1,/m);
  expect(JSON.parse((await show('-f', 'json')).stdout)).toEqual(SHOWN);
});

test('before the first reading show says what reads it', async () => {
  const none = { network_services: [], network_service_configs: [], connections: [], problems: [] };
  const empty = { network_service_configs: [] };
  const unread = { version: null, health: null, fetched_at: null, age: null, reason: 'it was not read yet' };
  body = { ...SHOWN, ...none, ...unread, others: empty, foreign: empty };
  const { stdout, stderr } = await show();
  expect(stdout).toMatch(/^Example, https:\/\/ix\.example\/api\/v2, account ACC-100\n/);
  expect(stderr).toBe('it was not read yet\n');
});

const ADD = ['ixapi', 'add', '--name', 'n', '--url', 'https://ix.example', '--key', 'k', '--identity', 'ACC-100'];

/** Runs `add` with something to read from. */
async function addFrom(stdin: PassThrough & { isTTY?: boolean }): Promise<CliRun & { sent: (Asked | undefined)[] }> {
  const [stdout, stderr] = [collect(), collect()];
  const code = await main(ADD, { stdout, stderr, env: env(), stdin });
  return { code, stdout: stdout.text(), stderr: stderr.text(), sent: product.asked };
}

test('a secret comes through a pipe, without its line break, and is printed nowhere', async () => {
  const stdin = new PassThrough();
  stdin.end('s3cret of mine\n');
  const { code, stdout, stderr, sent } = await addFrom(stdin);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(sent[0]?.body).toMatchObject({ api_secret: 's3cret of mine' });
  expect(stdout).not.toContain('s3cret');
});

test('a secret is asked for at a terminal, which does not show it, and Ctrl-C sends nothing', async () => {
  const terminal = Object.assign(new PassThrough(), { isTTY: true });
  setImmediate(() => terminal.write('s3cret\r'));
  const { code, stdout, stderr, sent } = await addFrom(terminal);
  expect({ code, stderr }).toEqual({ code: 0, stderr: 'API secret: \n' });
  expect(sent[0]?.body).toMatchObject({ api_secret: 's3cret' });
  expect(stdout).not.toContain('s3cret');
  const left = Object.assign(new PassThrough(), { isTTY: true });
  setImmediate(() => left.write('\u0003'));
  expect(await addFrom(left)).toMatchObject({ code: 130, stderr: 'API secret: \ncrossconnect: nothing was done\n' });
  expect(product.asked).toHaveLength(1);
});
