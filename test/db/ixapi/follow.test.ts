import type { Knex } from 'knex';
import { followed, forgetFollowed } from '../../../store/ixapi/import/follow';
import { importConfigs, NotLinkedError, type ImportResult } from '../../../store/ixapi/import/import';
import { importFollowed } from '../../../store/ixapi/import/followed';
import { fillCache } from '../../helpers/cache';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import * as a from '../../helpers/ixapi-documents';

const now = new Date('2026-07-01T12:00:00.000Z');
const LATER = new Date('2026-07-02T12:00:00.000Z');
const REQUESTED = 'its state is requested; it has no addresses yet';

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

const show = (...network_service_configs: ReturnType<typeof a.networkServiceConfig>[]): Promise<void> =>
  a.putDocuments(knex, ids.ix_api, {
    ...{ network_services: [a.networkService()], connections: [a.connection()], network_service_configs },
  });

const run = (wanted?: string): Promise<ImportResult> =>
  knex.transaction((trx) => importConfigs(trx, ids.exchange, { wanted, dryRun: false, now }));

const look = (): ReturnType<typeof importFollowed> =>
  knex.transaction((trx) => importFollowed(trx, ids.exchange, LATER));

const following = async (): Promise<string[]> =>
  (await followed(knex, ids.exchange)).map(({ network_service_config }) => network_service_config);

const requested = (id: string): ReturnType<typeof a.networkServiceConfig> =>
  a.networkServiceConfig({ id, state: 'requested', ips: [] });
const ready = (id: string, address: string): ReturnType<typeof a.networkServiceConfig> =>
  a.networkServiceConfig({ id, ips: [a.ip(address)] });

test('a config that waits is followed, and imported once it has addresses; nothing else is', async () => {
  await show(requested('NSC-1'), requested('NSC-2'));
  expect((await run()).following).toEqual(['NSC-1', 'NSC-2']);
  const since = '2026-07-01T12:00:00Z';
  expect(await followed(knex, ids.exchange)).toEqual([
    { network_service_config: 'NSC-1', reason: REQUESTED, since },
    { network_service_config: 'NSC-2', reason: REQUESTED, since },
  ]);
  await show(ready('NSC-1', '192.0.2.1'), requested('NSC-2'), ready('NSC-3', '192.0.2.3'));
  const { result, left } = await look();
  expect(result.create).toMatchObject([{ network_service_config: 'NSC-1' }]);
  expect(left).toBe(1);
  expect(await following()).toEqual(['NSC-2']);
  expect(await knex('net_connection').pluck('ixapi_network_service_config')).toEqual(['NSC-1']);
});

test('what a config waits for is renewed, and since when it does is not', async () => {
  await show(requested('NSC-1'));
  await run();
  await show(a.networkServiceConfig({ ips: [a.ip('192.0.2.1', a.NOT_YET)] }));
  expect(await look()).toMatchObject({ left: 1, result: { create: [], following: ['NSC-1'] } });
  expect(await followed(knex, ids.exchange)).toEqual([
    {
      ...{ network_service_config: 'NSC-1', since: '2026-07-01T12:00:00Z' },
      reason: `its addresses are valid from ${a.FUTURE}`,
    },
  ]);
});

test.each<[string, ReturnType<typeof a.networkServiceConfig>[]]>([
  ['failed', [a.networkServiceConfig({ state: 'error', ips: [] })]],
  ['is gone', []],
  ['is over', [a.networkServiceConfig({ state: 'archived', ips: [] })]],
])('a followed config that %s is followed no more', async (_, configs) => {
  await show(requested('NSC-1'));
  await run();
  await show(...configs);
  expect(await look()).toMatchObject({ left: 0, result: { skip: [{ network_service_config: 'NSC-1' }] } });
  expect(await following()).toEqual([]);
});

test('an import of one config follows no other one less, an import of all does', async () => {
  await show(requested('NSC-1'), requested('NSC-2'));
  await run();
  await show(ready('NSC-1', '192.0.2.1'), ready('NSC-3', '192.0.2.3'));
  await run('NSC-3');
  expect(await following()).toEqual(['NSC-1', 'NSC-2']);
  await run('NSC-1');
  expect(await following()).toEqual(['NSC-2']);
  await run();
  expect(await following()).toEqual([]);
});

test('following can be given up, for one exchange', async () => {
  await show(requested('NSC-1'), requested('NSC-2'));
  await run();
  expect(await forgetFollowed(knex, ids.exchange + 1)).toBe(0);
  expect(await forgetFollowed(knex, ids.exchange)).toBe(2);
  expect(await look()).toMatchObject({ left: 0, result: { create: [], skip: [] } });
});

test('an exchange that lost its IX-API cannot import what it follows', async () => {
  await knex('peering_internet_exchange').update({ ixapi_endpoint: null });
  await expect(look()).rejects.toThrow(NotLinkedError);
});
