import type { Temporal } from '../../../api/temporal/client';
import { createTestApi, noTemporal, testTemporal, type TestApi } from '../../helpers/api';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';
import { linkExchange, type LinkedIds } from '../../helpers/ixapi-documents';
import { ACCOUNTS, IX_APIS } from '../../helpers/ixapi-probing';
import { EXCHANGES } from '../../helpers/peering';
import { connectTestTemporal, type TestTemporal } from '../../helpers/temporal';

let database: TestDatabase;
let temporal: Temporal;
let server: TestTemporal;
let api: TestApi;
let linked: LinkedIds;

// Without a worker: what was started stays as it is.
beforeEach(async () => {
  database = await createTestDatabase();
  temporal = testTemporal();
  server = await connectTestTemporal();
  api = createTestApi(database.knex, temporal);
  linked = await linkExchange(database.knex);
});

afterEach(async () => {
  for (const kind of ['refresh', 'import'])
    await server.client.workflow
      .getHandle(`ixapi-${kind}-${linked.exchange}`)
      .terminate('the test is over')
      .catch(() => undefined);
  await server.close();
  await temporal.close();
  await database.drop();
});

const path = (action: string) => `${EXCHANGES}${linked.exchange}/ix-api/${action}/`;

const startedAs = async (workflow: string) => {
  const { events } = await server.client.workflow.getHandle(`${workflow}-${linked.exchange}`).fetchHistory();
  const begin = events?.[0]?.workflowExecutionStartedEventAttributes;
  const [input] = begin?.input?.payloads ?? [];
  return [begin?.workflowType?.name, JSON.parse(Buffer.from(input?.data ?? []).toString())] as const;
};

test('a refresh is a job, and a running one is joined', async () => {
  const { body: job, headers } = await api.post(path('refresh'), {}).expect(202);
  expect(job).toMatchObject({ type: 'ixapi-refresh', workflow_id: `ixapi-refresh-${linked.exchange}` });
  expect(headers['location']).toMatch(new RegExp(`/api/core/jobs/${job.id}/$`));
  const { body: joined } = await api.post(`${path('refresh')}?wait=0.1`).expect(202);
  expect(joined.id).toBe(job.id);
  expect(await startedAs('ixapi-refresh')).toEqual(['ixapiRefresh', { exchange: linked.exchange, job_id: job.id }]);
});

test('an import joins one that does the same, and any other is told of the one that runs', async () => {
  const { body: job } = await api.post(path('import'), { network_service_config: 'NSC-1', dry_run: true }).expect(202);
  expect(job).toMatchObject({ type: 'ixapi-import', workflow_id: `ixapi-import-${linked.exchange}` });
  const { body: joined } = await api
    .post(path('import'), { network_service_config: 'NSC-1', dry_run: true })
    .expect(202);
  expect(joined.id).toBe(job.id);
  for (const body of [
    {},
    { dry_run: true },
    { network_service_config: 'NSC-1' },
    { network_service_config: 'NSC-2', dry_run: true },
  ]) {
    const { body: refusal } = await api.post(path('import'), body).expect(409);
    expect(refusal.type).toMatch(/already-running$/);
    expect(refusal.detail).toBe(`dry run of config NSC-1 is running: job ${job.id}; wait for it, or cancel it`);
    expect(refusal.job.id).toBe(job.id);
  }
  expect(await startedAs('ixapi-import')).toEqual([
    'ixapiImport',
    {
      ...{ exchange: linked.exchange, job_id: job.id, username: 'bootstrap' },
      network_service_config: 'NSC-1',
      dry_run: true,
    },
  ]);
});

test('an import that is sent again with its key is the same job, and none is started by a token that may only read', async () => {
  const keyed = () => api.post(path('import'), {}).set('Idempotency-Key', 'once');
  const { body: first } = await keyed().expect(202);
  const { body: again } = await keyed().expect(202);
  expect(again).toEqual(first);
  const { body: token } = await api.post('/api/users/tokens/', { name: 'reader', scope: 'read' }).expect(201);
  for (const target of [path('refresh'), path('import'), ACCOUNTS, IX_APIS])
    await api.post(target, {}, token.key).expect(403);
});

test.each([
  { network_service_config: '' },
  { network_service_config: 1 },
  { network_service_config: ['NSC-1'] },
  { network_service_config: 'x'.repeat(256) },
  { network_service_config: 'a\0b' },
  { dry_run: 'yes' },
  { dry_run: null },
  { everything: true },
])('an import of %j is refused', async (body) => {
  const { body: refusal } = await api.post(path('import'), body).expect(400);
  expect(Object.keys(refusal.errors)).toEqual(Object.keys(body));
  await api.post(path('refresh'), body).expect(400);
});

test('while Temporal is away nothing is tried, started or kept, and it is said', async () => {
  const away = noTemporal();
  const cut = createTestApi(database.knex, away);
  const body = { name: 'IX', api_url: 'https://ix.example', api_key: 'other', api_secret: 'secret' };
  const { name: _, ...access } = body;
  for (const [target, asked] of [
    [IX_APIS, body],
    [ACCOUNTS, access],
    [path('refresh'), {}],
    [path('import'), {}],
  ] as const)
    expect((await cut.post(target, asked).expect(503)).body.type).toMatch(/temporal-unavailable$/);
  expect(await database.knex('ixapi_probe')).toEqual([]);
  expect(await database.knex('extras_ix_api').where({ api_key: 'other' })).toEqual([]);
  await away.close();
});
