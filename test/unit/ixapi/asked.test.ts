import type { IxapiAnswer } from '../../../activities/ixapi/client';
import { askAgain, digestOf, noted } from '../../../activities/ixapi/reading/asked';
import type { Get } from '../../../activities/ixapi/reading/lists';
import type { Asked } from '../../../store/ixapi/reading/asked';

const asked = (path: string, start: number, digest: string | null = `${path} ${start}`): Asked => ({
  ...{ path, parameters: [['page_offset', start]], status: digest === null ? null : 206, digest },
  rows: digest === null ? null : 1,
});
const BEFORE: readonly Asked[] = [
  ...[asked('ips', 0), asked('ips', 1), asked('ips', 2)],
  ...[asked('macs', 0), asked('pops/9', 0, null)],
];

/** An exchange that answers as before, or otherwise where that is said; and what it was asked. */
function exchange(other: Readonly<Record<string, IxapiAnswer | Error>> = {}): { get: Get; questions: string[] } {
  const questions: string[] = [];
  return {
    questions,
    get: (path, parameters) => {
      const key = `${path} ${parameters[0]?.[1]}`;
      questions.push(key);
      const answer = other[key];
      if (answer instanceof Error) return Promise.reject(answer);
      const isThere = BEFORE.some(({ digest }) => digest === key);
      return Promise.resolve(answer ?? (isThere ? { status: 206, digest: key, body: [{ id: key }] } : undefined));
    },
  };
}

const other: IxapiAnswer = { status: 206, digest: 'another', body: [{ id: 'another' }] };
const pageOf = (get: Get, path: string, start: number) => get(path, [['page_offset', start]]);

afterEach(() => jest.restoreAllMocks());

test('the same answers are the same, and whoever reads on from them asks nothing', async () => {
  const { get, questions } = exchange();
  const again = await askAgain(get, BEFORE, 1);
  expect(again.isSame).toBe(true);
  expect(questions).toHaveLength(BEFORE.length);
  const { get: reading, asked: read } = noted(again.get);
  for (const { path, parameters } of BEFORE) await reading(path, parameters);
  expect(questions).toHaveLength(BEFORE.length);
  expect(digestOf(read)).toBe(digestOf([...BEFORE].reverse()));
});

test('nothing that is known is not the same', async () => {
  const { get, questions } = exchange();
  expect((await askAgain(get, [], 1)).isSame).toBe(false);
  expect(questions).toEqual([]);
});

test('another row is not the same: what else was asked is asked all the same, but for ids, and nothing twice', async () => {
  const { get, questions } = exchange({ 'ips 1': other });
  const again = await askAgain(get, BEFORE, 1);
  expect(again.isSame).toBe(false);
  expect(questions).toEqual(['ips 0', 'ips 1', 'ips 2', 'macs 0']);
  expect(await pageOf(again.get, 'ips', 1)).toBe(other);
  for (const start of [0, 2]) expect(await pageOf(again.get, 'ips', start)).toMatchObject({ status: 206 });
  expect(questions).toHaveLength(4);
  await pageOf(again.get, 'ips', 3);
  expect(questions.at(-1)).toBe('ips 3');
});

test.each<[string, IxapiAnswer]>([
  ['ends', { ...other, status: 200 }],
  ['has pages of another size', { ...other, body: [{ id: 'one' }, { id: 'two' }] }],
  ['is none any more', { ...other, body: {} }],
])('a list that %s is not asked for further', async (_, answer) => {
  const { get, questions } = exchange({ 'ips 1': answer });
  const again = await askAgain(get, BEFORE, 1);
  expect(again.isSame).toBe(false);
  expect(questions).toEqual(['ips 0', 'ips 1', 'macs 0']);
});

test('of one list no more than two pages are asked for at once', async () => {
  let [running, most] = [0, 0];
  const pages = Array.from({ length: 20 }, (_, start) => asked('ips', start));
  const get: Get = async (path, parameters) => {
    most = Math.max(most, (running += 1));
    await new Promise((resolve) => setTimeout(resolve, 1));
    running -= 1;
    return { status: 206, digest: `${path} ${parameters[0]?.[1]}`, body: [{}] };
  };
  expect((await askAgain(get, pages, 4)).isSame).toBe(true);
  expect(most).toBe(2);
});

test('something that was not there and is now is not the same', async () => {
  const { get } = exchange({ 'pops/9 0': other });
  expect((await askAgain(get, BEFORE, 1)).isSame).toBe(false);
});

test('a failure ends it: what came is read, and what did not come is that failure, without another request', async () => {
  const failure = new Error('too many requests');
  const { get, questions } = exchange({ 'ips 1': failure });
  const again = await askAgain(get, BEFORE, 1);
  expect(again.isSame).toBe(false);
  expect(await pageOf(again.get, 'ips', 0)).toMatchObject({ digest: 'ips 0' });
  await expect(pageOf(again.get, 'macs', 0)).rejects.toBe(failure);
  expect(questions).toEqual(['ips 0', 'ips 1']);
});

test('what takes long is left, so that it is read page by page', async () => {
  let now = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => (now += 4_000));
  const { get, questions } = exchange();
  const again = await askAgain(get, BEFORE, 1);
  expect(again.isSame).toBe(false);
  expect(questions).toEqual(['ips 0', 'ips 1']);
  await pageOf(again.get, 'ips', 0);
  await pageOf(again.get, 'macs', 0);
  expect(questions).toEqual(['ips 0', 'ips 1', 'macs 0']);
});
