import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Temporal } from '../../../api/temporal/client';
import { ADMIN, createTestApi, noTemporal, type TestApi } from '../../helpers/api';
import { fillCache } from '../../helpers/cache';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import { addPort, AUTONOMOUS_SYSTEMS, CONNECTIONS, EXCHANGES, make } from '../../helpers/peering';
import { runCli } from '../../helpers/run-cli';

/** `crossconnect peers list` against the real API: a fake one would take any filter. */
let database: TestDatabase;
let temporal: Temporal;
let api: TestApi;
let server: Server;
let dir: string;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'crossconnect-peers-'));
  database = await createTestDatabase();
  temporal = noTemporal();
  api = createTestApi(database.knex, temporal);
  server = api.app.listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  await fillCache(database.knex);
  const local = await make(api, AUTONOMOUS_SYSTEMS, { asn: 64496, name: 'Ours', affiliated: true });
  const exchangeWith = async (name: string, ixlan: number | null, ipv4_address: string): Promise<void> => {
    const fields = { name, local_autonomous_system: local, peeringdb_ixlan: ixlan };
    const internet_exchange_point = await make(api, EXCHANGES, fields);
    await make(api, CONNECTIONS, { internet_exchange_point, ipv4_address });
  };
  await exchangeWith('Example IX', 20, '192.0.2.96/24');
  await exchangeWith('Elsewhere', null, '198.51.100.96/24');
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  await temporal.close();
  await database.drop();
  rmSync(dir, { recursive: true });
});

const list = (...options: string[]) => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return runCli({ CROSSCONNECT_URL: url, API_TOKEN: ADMIN, DATA_DIR: dir }, 'peers', 'list', ...options);
};

test.each([
  [[], [64500, 4200000000]],
  [['--asn', 'AS64500'], [64500]],
  [
    ['--asn', '4200000000', '--asn', '64500'],
    [64500, 4200000000],
  ],
  [['--min-speed', '10000'], [64500]],
  [['--policy', 'SELECTIVE'], [64500]],
  [
    ['--policy', 'selective', '--policy', 'open'],
    [64500, 4200000000],
  ],
  [
    ['--ix', 'EXAMPLE ix'],
    [64500, 4200000000],
  ],
  [['--ix', 'example-ix', '--policy', 'Open'], [4200000000]],
  [['--ix', 'elsewhere'], []],
])('peers list %j has the rows of %j', async (options, asns) => {
  await database.knex('peeringdb_net').where({ asn: 64500 }).update({ policy_general: 'Selective' });
  await database.knex('peeringdb_net').where({ asn: 4200000000 }).update({ policy_general: 'Open' });
  const { code, stdout, stderr } = await list('-f', 'json', ...options);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect((JSON.parse(stdout) as { asn: number }[]).map(({ asn }) => asn)).toEqual(asns);
});

test('peers list has rows beyond the first page of the API', async () => {
  await addPort(database.knex, { id: 70, asn: 64510, ipv4: '192.0.2.70' });
  await database.knex.raw(
    `INSERT INTO peeringdb_netixlan (id, net_id, ix_id, ixlan_id, asn, ipaddr4, speed, operational, created, updated)
     SELECT 1000 + i, net_id, ix_id, ixlan_id, asn, ipaddr4 + i, speed, operational, created, updated
     FROM peeringdb_netixlan, generate_series(1, 1100) i WHERE id = 70`,
  );
  const { stdout } = await list('-f', 'csv');
  const [, ...rows] = stdout.trimEnd().split('\n');
  expect(rows).toHaveLength(1103);
  expect(new Set(rows).size).toBe(1103);
  expect(rows[1]).toMatch(/^64510,AS64510,Example IX,192\.0\.2\.70,,10000,[a-z]*,,4@\d+$/);
});

test.each([
  [['--ix', 'nowhere'], /there is no internet exchange 'nowhere'/],
  [['--ix', '999'], /there is no internet exchange 999/],
  [['--asn', 'ASX'], /asn/],
  [['--min-speed', 'fast'], /min_speed: expected a whole number/],
])('peers list %j is refused with exit code 3', async (options, why) => {
  expect(await list(...options)).toMatchObject({ code: 3, stdout: '', stderr: expect.stringMatching(why) });
});
