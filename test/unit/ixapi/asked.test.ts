import type { IxapiAnswer } from '../../../activities/ixapi/client';
import { askAgain, digestOf, noted } from '../../../activities/ixapi/reading/asked';
import type { Get } from '../../../activities/ixapi/reading/lists';
import type { Asked } from '../../../store/ixapi/reading/asked';

const asked = (path: string, start: number, digest: string | null = `${path} ${start}`): Asked => ({
  ...{ path, parameters: [['page_offset', start]], status: digest === null ? null : 206, digest },
});
const BEFORE: readonly Asked[] = [asked('ips', 0), asked('ips', 100), asked('macs', 0), asked('pops/9', 0, null)];

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

test.each<[string, IxapiAnswer | Error]>([
  ['another body', other],
  ['the same, and that it is the end', { ...other, status: 200, digest: 'ips 100' }],
])('%s is not the same: what was asked by then is not asked again', async (_, answer) => {
  const { get, questions } = exchange({ 'ips 100': answer });
  const again = await askAgain(get, BEFORE, 1);
  expect(again.isSame).toBe(false);
  expect(questions).toEqual(['ips 0', 'ips 100']);
  expect(await pageOf(again.get, 'ips', 100)).toBe(answer);
  expect(questions).toHaveLength(2);
  await pageOf(again.get, 'macs', 0);
  expect(questions).toEqual(['ips 0', 'ips 100', 'macs 0']);
});

test('something that was not there and is now is not the same', async () => {
  const { get } = exchange({ 'pops/9 0': other });
  expect((await askAgain(get, BEFORE, 1)).isSame).toBe(false);
});

test('a failure ends it: what came is read, and what did not come is that failure, without another request', async () => {
  const failure = new Error('too many requests');
  const { get, questions } = exchange({ 'ips 100': failure });
  const again = await askAgain(get, BEFORE, 1);
  expect(again.isSame).toBe(false);
  expect(await pageOf(again.get, 'ips', 0)).toMatchObject({ digest: 'ips 0' });
  await expect(pageOf(again.get, 'macs', 0)).rejects.toBe(failure);
  expect(questions).toEqual(['ips 0', 'ips 100']);
});

test('what takes long is left, so that it is read page by page', async () => {
  let now = 0;
  jest.spyOn(performance, 'now').mockImplementation(() => (now += 4_000));
  const { get, questions } = exchange();
  const again = await askAgain(get, BEFORE, 1);
  expect(again.isSame).toBe(false);
  expect(questions).toEqual(['ips 0', 'ips 100']);
  await pageOf(again.get, 'ips', 0);
  await pageOf(again.get, 'macs', 0);
  expect(questions).toEqual(['ips 0', 'ips 100', 'macs 0']);
});
