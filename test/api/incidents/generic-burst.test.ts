import type { Temporal } from '../../../api/temporal/client';
import { createTestApi, noTemporal, type TestApi } from '../../helpers/api';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';

const BUSINESS = '/api/plugins/business-application/';

let database: TestDatabase;
let temporal: Temporal;
let api: TestApi;

beforeAll(async () => {
  database = await createTestDatabase();
  temporal = noTemporal();
  api = createTestApi(database.knex, temporal);
});
afterAll(async () => {
  await temporal.close();
  await database.drop();
});

const alert = (other: object = {}): object => ({
  ...{ source: 'probe', severity: 'critical', message: 'AS64500 is gone', ...other },
});
const send = (body: object) => api.post(`${BUSINESS}alerts/generic/`, body);

test('500 alerts of 500 problems, twenty at once, are all taken', async () => {
  const ids = Array.from({ length: 500 }, (_, index) => `burst-${index}`);
  const left = [...ids];
  const statuses: number[] = [];
  const sender = async (): Promise<void> => {
    for (let dedup_id = left.pop(); dedup_id !== undefined; dedup_id = left.pop())
      statuses.push((await send(alert({ dedup_id, source: `burst ${left.length % 7}` }))).status);
  };
  await Promise.all(Array.from({ length: 20 }, sender));
  expect(statuses).toEqual(ids.map(() => 202));
  expect(await database.knex('incident_event').whereIn('dedup_id', ids).count()).toEqual([{ count: 500 }]);
});

test('many alerts of one problem at once are one event and one page', async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, () => send(alert({ dedup_id: 'same' }))));
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
  expect(new Set(answers.map(({ body }) => body.event_id)).size).toBe(1);
  expect(answers.filter(({ body }) => body.outcome === 'created')).toHaveLength(1);
  const facts = database.knex('incident_timeline').where('event', answers[0]?.body.event_id).whereNotNull('fact');
  expect(await facts.pluck('action')).toEqual(['triggered']);
});

test('lists and groups that overlap in any order wait for each other', async () => {
  const ids = Array.from({ length: 12 }, (_, index) => `overlap-${index}`);
  const [incident] = await database
    .knex('incident')
    .insert({
      ...{ title: 'All of them', description: '', status: 'new', severity: 'critical', reporter: '', commander: '' },
      ...{ responders: '[]', auto_created: true, detected_at: new Date(), created_at: new Date() },
      updated_at: new Date(),
    })
    .returning('id');
  const shuffled = (): string[] => [...ids].sort(() => Math.random() - 0.5).slice(0, 8);
  const list = (status: string) =>
    send(shuffled().map((dedup_id) => alert({ dedup_id, status, source: `of ${dedup_id}` })));
  const groupOf = (status: string) =>
    api.post(`${BUSINESS}alerts/alertmanager/`, {
      version: '4',
      alerts: shuffled().map((fingerprint) => ({ fingerprint, status, labels: {}, annotations: {} })),
    });
  const join = async (): Promise<{ status: number }> => {
    const rows = await database.knex('incident_event').whereIn('dedup_id', ids).select('id');
    const members = rows.map(({ id }: { id: number }) => ({ incident: incident.id, event: id }));
    if (members.length > 0) await database.knex('incident_member').insert(members).onConflict().ignore();
    return send(alert({ dedup_id: shuffled()[0] }));
  };
  for (let round = 0; round < 4; round += 1) {
    const work = [list('triggered'), groupOf('firing'), join(), list('ok'), groupOf('resolved'), list('triggered')];
    const answers = await Promise.all([...work, list('suppressed'), groupOf('firing')]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
  }
  expect(await database.knex('incident_event').whereIn('dedup_id', ids).count()).toEqual([{ count: ids.length }]);
});
