import { createRecordsSite, EVENTS, INCIDENTS, type RecordsSite } from '../../helpers/incident-records';
import { make } from '../../helpers/peering';

let site: RecordsSite;

beforeEach(async () => {
  site = await createRecordsSite();
});

afterEach(() => site.close());

const event = (dedup_id: string) => make(site.api, EVENTS, { message: dedup_id, dedup_id });
const incident = (title: string) => make(site.api, INCIDENTS, { title });
const statuses = async (list: string) =>
  (await site.api.get(list)).body.results.map(({ status }: { status: string }) => status);

test.each([
  ['incidents', INCIDENTS, incident, 'acknowledged', 'acknowledged'],
  ['events', EVENTS, event, 'suppressed', 'resolved'],
] as const)(
  'the status of several %s changes at once, and each alert is told',
  async (label, path, create, status, wanted) => {
    const [b, a, c] = [await create('b'), await create('a'), await create('c')];
    const tells = site.told();
    const { body } = await site.api.post(`${path}bulk-update-status/`, { ids: [c, 7, b, b], status }).expect(200);
    expect(body).toEqual({
      ...{ success: true, updated_count: 2, not_found: [7] },
      message: `updated the status of 2 ${label} to ${status}; not found: 7`,
    });
    expect(site.told()).toBe(tells + 1);
    for (const id of [b, c])
      expect((await site.api.get(`${path}${id}/`)).body).toMatchObject({ status, alert: { wanted } });
    expect((await site.api.get(`${path}${a}/`)).body).toMatchObject({ alert: { wanted: 'triggered' } });
  },
);

test.each([EVENTS, INCIDENTS])('a bulk change of %s says what is wrong with it', async (path) => {
  const bulk = `${path}bulk-update-status/`;
  const ids = Array.from({ length: 1001 }, (_, index) => index + 1);
  for (const body of [
    {},
    { ids: [1] },
    { ids: [], status: 'ok' },
    { ids: [1], status: 'gone' },
    { ids: ['1'], status: 'ok' },
  ])
    await site.api.post(bulk, body).expect(400);
  const { body: none } = await site.api
    .post(bulk, { ids: [1, 2], status: path === EVENTS ? 'ok' : 'closed' })
    .expect(404);
  expect(none).toMatchObject({ detail: expect.stringMatching(/there is none of these/), not_found: [1, 2] });
  const { body: many } = await site.api.post(bulk, { ids, status: path === EVENTS ? 'ok' : 'closed' }).expect(413);
  expect(many.detail).toBe('1001 ids: expected at most 1000');
});

test('a bulk change that fails in the middle changes nothing', async () => {
  const [a, b] = [await incident('a'), await incident('b')];
  await site.knex.raw(`ALTER TABLE incident ADD CONSTRAINT no_b CHECK (title <> 'b' OR status <> 'closed')`);
  await site.api.post(`${INCIDENTS}bulk-update-status/`, { ids: [a, b], status: 'closed' }).expect(500);
  expect(await statuses(INCIDENTS)).toEqual(['new', 'new']);
});

test('bulk changes of the same records at once, in whatever order they are named, do all of it', async () => {
  const ids: number[] = [];
  for (const name of ['c', 'a', 'd', 'b']) ids.push(await event(name));
  const incidents: number[] = [];
  for (const one of ids) incidents.push(await make(site.api, INCIDENTS, { title: 'of one', events: [one] }));
  const turns = ['ok', 'triggered', 'suppressed', 'ok', 'triggered', 'ok'].map((status, turn) =>
    site.api.post(`${EVENTS}bulk-update-status/`, { ids: turn % 2 === 0 ? ids : [...ids].reverse(), status }),
  );
  const others = ['acknowledged', 'new', 'closed', 'new', 'resolved'].map((status) =>
    site.api.post(`${INCIDENTS}bulk-update-status/`, { ids: [...incidents].reverse(), status }),
  );
  const answers = await Promise.all([...turns, ...others]);
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  expect(new Set(await statuses(EVENTS)).size).toBe(1);
  expect(new Set(await statuses(INCIDENTS)).size).toBe(1);
});
