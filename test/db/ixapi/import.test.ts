import type { Knex } from 'knex';
import {
  importConfigs,
  NotLinkedError,
  type ImportOptions,
  type ImportResult,
} from '../../../store/ixapi/import/import';
import { importPorts } from '../../../store/peering/import';
import { RecordConflictError } from '../../../store/records';
import { fillCache } from '../../helpers/cache';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import * as a from '../../helpers/ixapi-documents';

const now = new Date('2026-07-01T12:00:00.000Z');
const LATER = new Date('2026-07-02T12:00:00.000Z');

let database: TestDatabase;
let knex: Knex;
let ids: a.LinkedIds;

beforeEach(async () => {
  database = await createTestDatabase();
  knex = database.knex;
  await fillCache(knex);
  ids = await a.linkExchange(knex);
});

afterEach(() => database.drop());

const SERVICES = { network_services: [a.networkService()], connections: [a.connection()] };

/** The exchange shows these configs of one LAN. */
const show = (...network_service_configs: ReturnType<typeof a.networkServiceConfig>[]): Promise<void> =>
  a.putDocuments(knex, ids.ix_api, { ...SERVICES, network_service_configs });

const run = (options: Partial<ImportOptions> = {}): Promise<ImportResult> =>
  knex.transaction((trx) => importConfigs(trx, ids.exchange, { dryRun: false, now, ...options }));

const connections = (): Promise<Record<string, unknown>[]> => knex('net_connection').orderBy('id').select();

const NOTHING: ImportResult = { create: [], link: [], update: [], skip: [], following: [] };

test('an import makes a connection of a config, linked to PeeringDB like one that people make', async () => {
  await show(a.networkServiceConfig());
  const { create, ...others } = await run();
  const rows = await connections();
  expect(rows).toMatchObject([
    {
      ...{ internet_exchange_point: ids.exchange, status: 'enabled', vlan: 100, inner_vlan: null, speed: 20_000 },
      ...{ ipv4_address: '192.0.2.1/24', ipv6_address: '2001:db8::1/64', mac_address: '02:01:00:00:00:01' },
      ...{ mode: 'lag_lacp', ixapi_network_service_config: 'NSC-1', ixapi_connection: 'CON-1', router: null },
      ...{ peeringdb_netixlan: 40, peeringdb_state: 'linked', description: '', comments: '' },
      ...{ created: now.toISOString().replace('.000', '') },
    },
  ]);
  expect(create).toMatchObject([{ network_service_config: 'NSC-1', connection: rows[0]?.['id'], reason: null }]);
  expect({ create: [], ...others }).toEqual(NOTHING);
});

test('a second import of the same configs writes nothing', async () => {
  const waiting = a.networkServiceConfig({ id: 'NSC-2', state: 'requested', ips: [] });
  await show(a.networkServiceConfig(), waiting);
  await run();
  const before = await connections();
  const followed = await knex('ixapi_follow').select();
  const again = await run({ now: LATER });
  expect(again.skip).toEqual([
    { network_service_config: 'NSC-2', reason: 'its state is requested; it has no addresses yet' },
    {
      network_service_config: 'NSC-1',
      reason: `it is connection ${String(before[0]?.['id'])} already, nothing differs`,
    },
  ]);
  expect({ ...again, skip: [] }).toEqual({ ...NOTHING, following: ['NSC-2'] });
  expect(await connections()).toEqual(before);
  expect(await knex('ixapi_follow').select()).toEqual(followed);
});

test('a dry run tells what would be done to configs, and writes nothing', async () => {
  await show(a.networkServiceConfig(), a.networkServiceConfig({ id: 'NSC-2', state: 'requested', ips: [] }));
  const { create, following } = await run({ dryRun: true });
  expect(create).toMatchObject([{ network_service_config: 'NSC-1', connection: null, values: { vlan: 100 } }]);
  expect(following).toEqual(['NSC-2']);
  expect(await connections()).toEqual([]);
  expect(await knex('ixapi_follow').select()).toEqual([]);
});

test('a connection that PeeringDB knew is linked to its config, and keeps what people said of it', async () => {
  const exchange = await knex('peering_internet_exchange').first('local_autonomous_system');
  const local = { id: exchange.local_autonomous_system as number, asn: 64500 };
  await knex.transaction((trx) => importPorts(trx, local, { dryRun: false, now }));
  await knex('net_connection').update({ status: 'maintenance', description: 'Rack 7' });
  await show(a.networkServiceConfig());
  const { link } = await run({ now: LATER });
  expect(link).toMatchObject([
    { network_service_config: 'NSC-1', changes: { ixapi_network_service_config: { from: null, to: 'NSC-1' } } },
  ]);
  expect(await connections()).toMatchObject([
    { id: link[0]?.connection, status: 'maintenance', description: 'Rack 7', vlan: 100, peeringdb_netixlan: 40 },
  ]);
});

test('after a renumbering an import updates the connection, and PeeringDB is seen to be behind', async () => {
  await show(a.networkServiceConfig());
  const { create } = await run();
  await show(a.networkServiceConfig({ ips: [a.ip('192.0.2.1', a.EXPIRED), a.ip('192.0.2.77'), a.ip('2001:db8::1')] }));
  const { update } = await run({ now: LATER });
  expect(update).toEqual([
    {
      ...{ network_service_config: 'NSC-1', connection: create[0]?.connection, reason: null },
      changes: { ipv4_address: { from: '192.0.2.1/24', to: '192.0.2.77/24' } },
    },
  ]);
  expect(await connections()).toMatchObject([{ ipv4_address: '192.0.2.77/24', peeringdb_state: 'renumbered' }]);
});

test('an import of one config leaves the others alone', async () => {
  const other = a.networkServiceConfig({ id: 'NSC-2', ips: [a.ip('192.0.2.2')] });
  const foreign = a.networkServiceConfig({ id: 'NSC-3', ips: [a.ip('192.0.2.3')], consuming_account: 'ACC-200' });
  await show(a.networkServiceConfig(), other, foreign);
  expect((await run({ wanted: 'NSC-2' })).create).toHaveLength(1);
  expect(await connections()).toMatchObject([{ ixapi_network_service_config: 'NSC-2' }]);
  expect(await run({ wanted: 'NSC-3' })).toEqual({
    ...NOTHING,
    skip: [{ network_service_config: 'NSC-3', reason: 'it is consumed by ACC-200, not by ACC-100' }],
  });
});

test('configs whose addresses others have are skipped, and the rest of them is imported', async () => {
  const row = { internet_exchange_point: ids.exchange, status: 'enabled', description: '', comments: '' };
  const times = { created: now.toISOString(), last_updated: now.toISOString() };
  const taken = { ipv6_address: '2001:db8::2/48', ixapi_network_service_config: 'NSC-9' };
  await knex('net_connection').insert({ ...row, ...times, ...taken });
  const halfTaken = a.networkServiceConfig({ id: 'NSC-2', ips: [a.ip('192.0.2.2'), a.ip('2001:db8::2')] });
  const twin = a.networkServiceConfig({ id: 'NSC-3', ips: [a.ip('192.0.2.1')] });
  await show(a.networkServiceConfig(), halfTaken, twin);
  const { create, skip } = await run();
  expect(create.map(({ network_service_config }) => network_service_config)).toEqual(['NSC-1']);
  expect(skip.map(({ network_service_config }) => network_service_config)).toEqual(['NSC-2', 'NSC-3']);
});

test('imports of one exchange at the same time make one connection of a config', async () => {
  await show(a.networkServiceConfig());
  const results = await Promise.all([run(), run(), run(), run()]);
  expect(results.flatMap(({ create }) => create)).toHaveLength(1);
  expect(await connections()).toHaveLength(1);
});

test('what is written while an import is under way is refused, and nothing of the import stays', async () => {
  await show(a.networkServiceConfig({ id: 'NSC-0', ips: [a.ip('192.0.2.50')] }), a.networkServiceConfig());
  const refuse = `CREATE FUNCTION meddle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      IF NEW.ixapi_network_service_config = 'NSC-0' THEN
        INSERT INTO net_connection (internet_exchange_point, status, description, comments, created, last_updated,
          ipv4_address) VALUES (NEW.internet_exchange_point, 'enabled', '', '', now(), now(), '192.0.2.1/24');
      END IF; RETURN NEW; END $$;
    CREATE TRIGGER meddle BEFORE INSERT ON net_connection FOR EACH ROW EXECUTE FUNCTION meddle()`;
  await knex.raw(refuse);
  await expect(run()).rejects.toThrow(RecordConflictError);
  expect(await connections()).toEqual([]);
});

test.each([
  ['what the exchange showed', 'UPDATE ixapi_state SET reading = reading + 1'],
  ['what the exchange is linked to', 'UPDATE peering_internet_exchange SET ixapi_endpoint = NULL'],
])('%s does not change while it is imported', async (_, change) => {
  await show(a.networkServiceConfig());
  await knex.transaction(async (trx) => {
    await importConfigs(trx, ids.exchange, { dryRun: false, now });
    const other = knex.transaction(async (meddler) => {
      await meddler.raw("SET LOCAL lock_timeout = '100ms'");
      await meddler.raw(change);
    });
    await expect(other).rejects.toThrow('lock timeout');
  });
  await knex.raw(change);
});

test('an exchange without IX-API, or one that there is not, has nothing to import', async () => {
  await knex('peering_internet_exchange').update({ ixapi_endpoint: null });
  await expect(run()).rejects.toThrow(NotLinkedError);
  const unknown = knex.transaction((trx) => importConfigs(trx, 999, { dryRun: true, now }));
  await expect(unknown).rejects.toThrow('internet exchange 999 is not linked to an IX-API');
});
