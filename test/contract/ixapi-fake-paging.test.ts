import { ask, logIn, readAll, type Asked } from '../fakes/ixapi/ask';
import type { Row } from '../fakes/ixapi/model';
import { startFakeIxapi, type FakeIxapi } from '../fakes/ixapi/server';

let fake: FakeIxapi;
let authorization: string;

beforeEach(async () => {
  fake = await startFakeIxapi({ data: { configs: 25 } });
  authorization = `Bearer ${(await logIn(fake.url)).access_token}`;
});
afterEach(() => fake.close());

const CONFIGS = '/network-service-configs';
const get = (query = ''): Promise<Asked> => ask(`${fake.url}${CONFIGS}${query}`, { authorization });
const told = ({ status, json }: Asked): [number, number] => [status, (json() as Row[]).length];
const idsOf = ({ json }: Asked): string[] => (json() as Row[]).map(({ id }) => id);

test('a list that fits is answered 200, a longer one 206 with as many rows as are allowed', async () => {
  expect(told(await get())).toEqual([200, 30]);
  fake.paging.set({ size: 12 });
  expect(told(await get())).toEqual([206, 12]);
  expect(told(await get('?page_limit=5'))).toEqual([206, 5]);
  expect(told(await get('?page_limit=1000'))).toEqual([206, 12]);
  expect(told(await get('?page_offset=24'))).toEqual([200, 6]);
  expect(told(await get('?page_offset=30'))).toEqual([200, 0]);
  expect(told(await get('?page_limit=12&state=testing'))).toEqual([200, 1]);
});

test('a walk by offset has every row once, in one order, whatever the last page is answered', async () => {
  const all = idsOf(await get());
  for (const last of [200, 206] as const) {
    fake.paging.set({ size: 7, last });
    fake.log.clear();
    expect((await readAll(fake.url, CONFIGS, 7)).map(({ id }) => id)).toEqual(all);
    expect(
      fake.log
        .requests()
        .slice(1)
        .map(({ status, rows }) => [status, rows]),
    ).toEqual([...[206, 206, 206, 206].map((status) => [status, 7]), [last, 2], ...(last === 206 ? [[206, 0]] : [])]);
  }
});

test('a walk by tokens has every row once, where a header is agreed on', async () => {
  fake.paging.set({ size: 9, tokenHeader: 'X-Next' });
  const ids: string[] = [];
  let token: string | undefined;
  do {
    const page = await get(token === undefined ? '' : `?page_token=${token}`);
    ids.push(...idsOf(page));
    token = page.headers['x-next'] as string | undefined;
  } while (token !== undefined);
  fake.paging.set('off');
  expect(ids).toEqual(idsOf(await get()));
});

test('a page that cannot be is refused by the name of its parameter', async () => {
  for (const query of ['page_limit=0', 'page_limit=x', 'page_offset=-1', 'page_token=x']) {
    const refused = await get(`?${query}`);
    expect([refused.status, refused.json().properties[0].name]).toEqual([400, query.split('=')[0]]);
  }
});

test('2.1.0 has no pages: their parameters are ignored, unless an exchange pages all the same', async () => {
  const older = await startFakeIxapi({ version: '2.1.0', data: { configs: 25 } });
  const bearer = `Bearer ${(await logIn(older.url)).access_token}`;
  const read = (): Promise<Asked> => ask(`${older.url}${CONFIGS}?page_limit=3`, { authorization: bearer });
  expect(told(await read())).toEqual([200, 29]);
  older.paging.set({});
  expect(told(await read())).toEqual([206, 3]);
  await older.close();
});

test('a list is cut short without a word, or says 206 though it is whole', async () => {
  fake.faults.add({ path: CONFIGS }, { kind: 'rows', keep: 4 });
  fake.faults.add({ path: CONFIGS, nth: 2 }, { kind: 'rows', keep: 4, status: 206 });
  fake.faults.add({ path: CONFIGS, nth: 3 }, { kind: 'partial' });
  expect([told(await get()), told(await get()), told(await get()), told(await get())]).toEqual([
    [200, 4],
    [206, 4],
    [206, 30],
    [200, 30],
  ]);
});

test('there is always another page, the same one or with other ids', async () => {
  fake.paging.set({ size: 5 });
  const first = idsOf(await get());
  fake.faults.add({ path: CONFIGS, count: 2 }, { kind: 'endless' });
  for (const offset of [500, 505]) {
    const page = await get(`?page_offset=${offset}`);
    expect([page.status, idsOf(page)]).toEqual([206, first]);
  }
  fake.faults.add({ path: CONFIGS }, { kind: 'endless', fresh: true });
  expect(idsOf(await get('?page_offset=500'))).toEqual(first.map((id) => `${id}-500`));
});

test('rows move up between two pages, or come twice', async () => {
  const all = idsOf(await get());
  fake.paging.set({ size: 10 });
  fake.faults.add({ path: CONFIGS, query: 'page_offset=10', count: null }, { kind: 'shift', by: 2 });
  expect(idsOf(await get('?page_offset=10'))).toEqual(all.slice(12, 22));
  fake.faults.clear();
  fake.faults.add({ path: CONFIGS }, { kind: 'duplicate-rows' });
  expect(idsOf(await get())).toEqual(all.slice(0, 5).flatMap((id) => [id, id]));
});

test('tokens are taken back in the middle of a walk', async () => {
  fake.paging.set({ size: 10 });
  fake.faults.add({ path: CONFIGS, query: 'page_offset=10' }, { kind: 'revoke' });
  const statuses: number[] = [];
  for (const offset of [0, 10, 20]) statuses.push((await get(`?page_offset=${offset}`)).status);
  authorization = `Bearer ${(await logIn(fake.url)).access_token}`;
  statuses.push((await get('?page_offset=10')).status);
  expect(statuses).toEqual([206, 401, 401, 206]);
});
