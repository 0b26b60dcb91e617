import request from 'supertest';
import { AUTONOMOUS_SYSTEM_KIND } from '../../../api/routes/peering/autonomous-systems';
import { CONNECTION_KIND } from '../../../api/routes/peering/connections';
import { internetExchangeKind } from '../../../api/routes/peering/internet-exchanges';
import { IXP_SESSION_KIND } from '../../../api/routes/peering/ixp-sessions';
import type { Temporal } from '../../../api/temporal/client';
import { ADMIN, createTestApi, NO_PAGERDUTY, noTemporal, type TestApi } from '../../helpers/api';
import { fillCache } from '../../helpers/cache';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import { BAD_FILTERS } from '../../helpers/hostile';
import { AUTONOMOUS_SYSTEMS, CONNECTIONS, EXCHANGES, make, SESSIONS } from '../../helpers/peering';

let database: TestDatabase;
let temporal: Temporal;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  await fillCache(database.knex);
  temporal = noTemporal();
  api = createTestApi(database.knex, temporal);
  await make(api, AUTONOMOUS_SYSTEMS, { asn: 64496, name: 'Ours', affiliated: true });
});

afterAll(async () => {
  await temporal.close();
  await database.drop();
});

const QUESTIONS = [
  `${AUTONOMOUS_SYSTEMS}?`,
  `${EXCHANGES}?`,
  `${CONNECTIONS}?`,
  `${SESSIONS}?`,
  '/api/peering/available-peers/?',
  `${EXCHANGES}peeringdb-import/?asn=64496&`,
  `${AUTONOMOUS_SYSTEMS}1/shared-ixps/?`,
  `${AUTONOMOUS_SYSTEMS}1/missing-sessions/?`,
  `${AUTONOMOUS_SYSTEMS}1/contacts/?`,
  '/api/peeringdb/networks/shared-ixps/?asn=64500&asn=64501&',
  '/api/peeringdb/networks/shared-facilities/?asn=64500&asn=64501&',
];

test.each(QUESTIONS)('no bad filter of %s is answered, and none fails on our side', async (question) => {
  for (const filter of BAD_FILTERS) {
    const answer = await api.get(`${question}${filter}`);
    expect([filter, answer.status, answer.type]).toEqual([filter, 400, 'application/problem+json']);
  }
});

/** Values of every kind that a field may not be able to hold. */
const VALUES = [
  ...[null, true, 0, -1, 1.5, 1e400, 2 ** 53, 2 ** 31, '', ' ', '0', '\0', 'a\0b', '\ud800', 'x'.repeat(20_000)],
  ...[
    [],
    [1],
    {},
    { value: 'enabled' },
    '; DROP TABLE net_connection',
    '192.0.2.1/24/24',
    '999.1.1.1/24',
    '::/0',
    '💩',
  ],
  ...['2001:db8::1/129', '0.0.0.0/0', '1', 'AS', 'constructor', '__proto__'],
];

const KINDS = [AUTONOMOUS_SYSTEM_KIND, CONNECTION_KIND, IXP_SESSION_KIND];

test.each([...KINDS, internetExchangeKind({ incidents: NO_PAGERDUTY })])(
  'no value of any field of $path fails on our side',
  async ({ path, fields }) => {
    for (const field of Object.keys(fields)) {
      for (const value of VALUES) {
        const posted = await api.post(path, { [field]: value });
        const patched = await request(api.app)
          .patch(`${path}1/`)
          .set('Authorization', `Token ${ADMIN}`)
          .send({ [field]: value });
        for (const { status, body } of [posted, patched])
          expect([field, value, status < 500, body]).toEqual([field, value, true, body]);
      }
    }
  },
);

test.each([`${EXCHANGES}peeringdb-import/`, `${SESSIONS}from-peeringdb/`])(
  'no value of any field of %s fails on our side, either',
  async (path) => {
    for (const field of ['asn', 'netixlan_ids', 'connection_ids', 'dry_run']) {
      for (const value of VALUES) {
        const { status } = await api.post(path, { asn: 64496, netixlan_ids: [40], dry_run: true, [field]: value });
        expect([field, value, status < 500]).toEqual([field, value, true]);
      }
    }
  },
);

test('none of these requests was logged as an error of ours', () => {
  expect(api.lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
});
