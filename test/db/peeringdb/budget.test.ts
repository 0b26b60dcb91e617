import { takeRequest } from '../../../store/peeringdb/budget';
import { createTestDatabase, type TestDatabase } from '../../helpers/database';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const at = (seconds: number): Date => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);

test('a minute’s requests may be made at once, and no more of them in any minute', async () => {
  const { knex } = database;
  const granted: number[] = [];
  for (let second = 0; second < 300; second += 0.5)
    if ((await takeRequest(knex, 20, at(second))) === 0) granted.push(second);
  expect(granted.filter((second) => second < 10)).toHaveLength(20);
  for (const from of granted) {
    expect(granted.filter((second) => second >= from && second < from + 60).length).toBeLessThanOrEqual(20);
  }
  expect(granted).toHaveLength(5 * 20);
});

test('a refused request is told when to come again, and then gets through', async () => {
  const { knex } = database;
  for (const second of [0, 10, 20]) expect(await takeRequest(knex, 3, at(second))).toBe(0);
  expect(await takeRequest(knex, 3, at(30))).toBeCloseTo(31);
  expect(await takeRequest(knex, 3, at(60.5))).toBeCloseTo(0.5);
  expect(await takeRequest(knex, 3, at(61))).toBe(0);
  expect(await takeRequest(knex, 3, at(61))).toBeCloseTo(10);
});

test('workers that ask at the same time share one budget', async () => {
  const waits = await Promise.all(Array.from({ length: 8 }, () => takeRequest(database.knex, 5, at(0))));
  expect(waits.filter((seconds) => seconds === 0)).toHaveLength(5);
  expect(waits.filter((seconds) => seconds > 60)).toHaveLength(3);
});
