import type { IxapiAnswer } from '../../../activities/ixapi/client';
import { readAll, readOne, readPage, type Get } from '../../../activities/ixapi/reading/lists';
import type { Parameters } from '../../../activities/ixapi/http/url';

const row = (n: number): { id: string } => ({ id: `IP-${n}` });
const rows = (from: number, to: number): { id: string }[] => Array.from({ length: to - from }, (_, n) => row(from + n));

/** An exchange that answers one after the other of these, and what it was asked. */
function exchange(...answers: (IxapiAnswer | undefined)[]): { get: Get; asked: [string, Parameters][] } {
  const asked: [string, Parameters][] = [];
  const get: Get = (path, parameters) => {
    asked.push([path, parameters]);
    return Promise.resolve(answers[Math.min(asked.length, answers.length) - 1]);
  };
  return { get, asked };
}

const answer = (body: unknown, status: 200 | 206 = 200): IxapiAnswer => ({ status, body, digest: '' });

test('a page is asked for by its start, behind the filters', async () => {
  const { get, asked } = exchange(answer(rows(0, 2), 206));
  expect(await readPage(get, 'ips', 40, [['id', 'a,b']])).toEqual({ rows: rows(0, 2), isLast: false });
  expect(asked).toEqual([
    [
      'ips',
      [
        ['id', 'a,b'],
        ['page_limit', 1000],
        ['page_offset', 40],
      ],
    ],
  ]);
});

test('a list ends with an answer of 200, or with an empty page', async () => {
  const whole = exchange(answer(rows(0, 3)));
  expect(await readAll(whole.get, 'ips')).toEqual(rows(0, 3));
  const until200 = exchange(answer(rows(0, 3), 206), answer(rows(3, 4)));
  expect(await readAll(until200.get, 'ips')).toEqual(rows(0, 4));
  const untilEmpty = exchange(answer(rows(0, 3), 206), answer(rows(3, 4), 206), answer([], 206));
  expect(await readAll(untilEmpty.get, 'ips')).toEqual(rows(0, 4));
  expect(untilEmpty.asked.map(([, parameters]) => parameters.at(-1)?.[1])).toEqual([0, 3, 4]);
  expect(await readAll(exchange(answer([])).get, 'ips')).toEqual([]);
});

test.each<[string, unknown, 200 | 206, string]>([
  ['an object', {}, 200, 'expected an array'],
  ['null', null, 200, 'expected an array'],
  ['a text in it', ['x'], 200, 'row 0 of the list ips is none'],
  ['a null in it', [row(1), null], 200, 'row 1 of the list ips is none'],
  ['a row without an id', [{}], 200, 'expected an object with an id'],
  ['an id that is a list', [{ id: ['7'] }], 200, 'expected an object with an id'],
  ['an empty id', [{ id: '' }], 200, 'expected an object with an id'],
  ['nothing and more to come', [], 206, 'is empty and says that there is more'],
])('a list that is %s is a bad answer', async (_, body, status, words) => {
  await expect(readPage(exchange(answer(body, status)).get, 'ips', 0)).rejects.toMatchObject({
    code: 'IXAPI_BAD_ANSWER',
    message: expect.stringContaining(words),
  });
});

test('an id that is a number is read as a text', async () => {
  expect(await readAll(exchange(answer([{ id: 7, name: 'x' }])).get, 'ips')).toEqual([{ id: '7', name: 'x' }]);
  expect(await readOne(exchange(answer({ id: 7 })).get, 'ips', '7')).toEqual({ id: '7' });
});

test('a list that is not there is a bad answer, not an empty one', async () => {
  await expect(readAll(exchange(undefined).get, 'ips')).rejects.toMatchObject({ code: 'IXAPI_BAD_ANSWER' });
});

test('a list that shows the same again, or never ends, is given up', async () => {
  await expect(readAll(exchange(answer(rows(0, 3), 206)).get, 'ips')).rejects.toThrow('does not get on: from 3');
  let next = 0;
  const endless: Get = () => Promise.resolve(answer(rows(next, (next += 1000)), 206));
  await expect(readAll(endless, 'ips')).rejects.toThrow('has no end: 101000 rows');
});

test('a row that moved from one page to the next is there once', async () => {
  const { get } = exchange(answer(rows(0, 3), 206), answer(rows(2, 5)));
  expect(await readAll(get, 'ips')).toEqual(rows(0, 5));
});

test('one row is read by itself, also where it comes as an array of one', async () => {
  expect(await readOne(exchange(answer(row(1))).get, 'ips', 'IP-1')).toEqual(row(1));
  expect(await readOne(exchange(answer([row(1)])).get, 'facilities', 'IP-1')).toEqual(row(1));
  expect(await readOne(exchange(undefined).get, 'ips', 'IP-1')).toBeUndefined();
  const hostile = exchange(answer(row(2)));
  for (const id of ['', '.', '..']) expect(await readOne(hostile.get, 'ips', id)).toBeUndefined();
  await expect(readOne(hostile.get, 'ips', '../auth?x')).rejects.toMatchObject({ code: 'IXAPI_BAD_ANSWER' });
  expect(hostile.asked[0]?.[0]).toBe('ips/..%2Fauth%3Fx');
});
