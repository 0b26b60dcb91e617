import type { Knex } from 'knex';
import { affiliatedAses } from '../../../store/peering/autonomous-systems';
import { availablePeers } from '../../../store/peering/available-peers';
import { followPeeringdb } from '../../../store/peering/follow';
import { importPorts, portsToImport } from '../../../store/peering/import';
import { renewHiddenPeers, renewLinks } from '../../../store/peering/links';
import { CONNECTIONS, IXP_SESSIONS } from '../../../store/peering/lists';
import { createSessions } from '../../../store/peering/new-sessions';
import { sharedFacilities, sharedIxps, sharedWithOwn } from '../../../store/peering/shared';
import { unknownAsns } from '../../../store/peeringdb/asns';
import type { ListSource } from '../../../store/query/columns';
import { listPage } from '../../../store/query/list';
import { parseListRequest } from '../../../store/query/request';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import { fillLargeCache } from '../../helpers/large-cache';
import { readWhole, statementsOf } from '../../helpers/plans';

/** Tables of the cache with so many rows that no question may read one whole. */
const LARGE = ['net', 'netixlan', 'netfac', 'fac', 'ixpfx', 'poc', 'org'].map((tag) => `peeringdb_${tag}`);

const PEER = 100_500;
const NOW = new Date('2026-01-02T03:04:05Z');

let database: TestDatabase;
let own: { readonly id: number; readonly asn: number };

beforeAll(async () => {
  database = await createTestDatabase();
  own = await fillLargeCache(database.knex);
});

afterAll(() => database.drop());

type Work = (trx: Knex.Transaction) => Promise<unknown>;

const list =
  (source: () => ListSource, query = ''): Work =>
  (trx) =>
    listPage(trx, source(), parseListRequest(source(), new URLSearchParams(query)));

const WANTED = { notOperational: false, routeServers: false };
const EVERYTHING = { notOperational: true, routeServers: true, hidden: true };
const PORTS = [17, 4321, 4322, 29_999];

const QUESTIONS: readonly (readonly [string, Work])[] = [
  ['available peers', list(() => availablePeers(WANTED))],
  ['available peers, hidden ones and servers too', list(() => availablePeers(EVERYTHING))],
  ['available peers, filtered and ordered', list(() => availablePeers(WANTED), 'name__ic=7&ordering=-name&limit=5')],
  [
    'available peers at an exchange',
    async (trx) => {
      const { id } = await trx('peering_internet_exchange').orderBy('id').first<{ id: number }>('id');
      await list(() => availablePeers({ ...WANTED, exchange: id }))(trx);
    },
  ],
  ['available peers of a network', list(() => availablePeers({ ...WANTED, asn: PEER }))],
  ['missing sessions with a network', list(() => availablePeers({ ...EVERYTHING, asn: PEER, own: [own.id] }))],
  ['shared exchanges', list(() => sharedIxps([own.asn, PEER]))],
  ['shared exchanges of ten networks', list(() => sharedIxps(Array.from({ length: 10 }, (_, i) => PEER + i)))],
  ['shared facilities', list(() => sharedFacilities([own.asn, PEER]))],
  ['exchanges shared with our own', list(() => sharedWithOwn(sharedIxps, PEER, [own, { asn: PEER + 1 }]))],
  ['facilities shared with our own', list(() => sharedWithOwn(sharedFacilities, PEER, [own, { asn: PEER + 1 }]))],
  ['ports to import', list(() => portsToImport(own))],
  ['an import', (trx) => importPorts(trx, own, { dryRun: false, now: NOW })],
  ['new sessions', (trx) => createSessions(trx, { netixlanIds: PORTS, dryRun: false, now: NOW })],
  ['links of all', (trx) => renewLinks(trx)],
  ['links of a connection', (trx) => renewLinks(trx, { connection: 1 })],
  ['hidden peers', (trx) => renewHiddenPeers(trx)],
  ['followed networks', (trx) => followPeeringdb(trx, NOW)],
  ['connections', list(() => CONNECTIONS)],
  ['sessions', list(() => IXP_SESSIONS)],
  ['sessions that PeeringDB lacks', list(() => IXP_SESSIONS, 'exists_in_peeringdb=false')],
  ['unknown networks', (trx) => unknownAsns(trx, [own.asn, PEER, 1])],
];

test.each(QUESTIONS)('%s: no large table of the cache is read whole', async (_, work) => {
  const statements = await statementsOf(database.knex, work);
  expect(statements.length).toBeGreaterThan(0);
  for (const statement of statements)
    expect({ sql: statement.sql, whole: await readWhole(database.knex, statement, LARGE) }).toEqual({
      sql: statement.sql,
      whole: [],
    });
});

test.each([
  ['in the order of the table', "SELECT count(*) FROM peeringdb_net n WHERE name = 'Network 7'", ['peeringdb_net']],
  ['in the order of an index', 'SELECT id FROM peeringdb_net ORDER BY id', ['peeringdb_net']],
  [
    'below a join',
    'SELECT 1 FROM peeringdb_netixlan p JOIN peeringdb_net n ON n.id = p.net_id',
    ['peeringdb_net', 'peeringdb_netixlan'],
  ],
  ['not at all', 'SELECT name FROM peeringdb_net WHERE asn = 100500', []],
])('a table that is read whole is found: %s', async (_, sql, expected) => {
  const tables = await readWhole(database.knex, { sql, bindings: [] }, LARGE);
  expect(tables.sort()).toEqual(expected);
});

test('the cache is that of one who is at 40 exchanges', async () => {
  const { rows } = await database.knex.raw('SELECT count(*) FROM net_connection');
  expect(rows).toEqual([{ count: 40 }]);
  expect(await affiliatedAses(database.knex)).toEqual([own]);
});
