import { claimKey, keepAnswer, releaseKey, type KeyedRequest } from '../../store/idempotency';
import { keptFact } from '../../store/facts';
import { createTestDatabase, type TestDatabase } from '../helpers/database';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

const NOW = new Date('2026-05-05T05:05:05.123Z');
const later = (seconds: number): Date => new Date(NOW.getTime() + seconds * 1_000);

const keyed = (key: string, fingerprint = 'one'): KeyedRequest => ({
  ...{ token: 'token:1', key, method: 'POST', path: '/api/x/', fingerprint: Buffer.from(fingerprint) },
});
const ANSWER = { status: 201, headers: { Location: '/api/x/1/' }, body: { id: 1 } };

test('a key that a crash left in progress can be used again after a minute', async () => {
  expect((await claimKey(database.knex, keyed('a'), NOW)).state).toBe('claimed');
  expect((await claimKey(database.knex, keyed('a'), later(59))).state).toBe('in-progress');
  expect((await claimKey(database.knex, keyed('a'), later(60))).state).toBe('claimed');
});

test('whoever lost its claim to another neither answers for it nor gives it back', async () => {
  await claimKey(database.knex, keyed('b'), NOW);
  await claimKey(database.knex, keyed('b'), later(61));
  await keepAnswer(database.knex, keyed('b'), NOW, ANSWER);
  await releaseKey(database.knex, keyed('b'), NOW);
  expect((await claimKey(database.knex, keyed('b'), later(62))).state).toBe('in-progress');
});

test('an answer is kept for 24 hours and not longer', async () => {
  await claimKey(database.knex, keyed('c'), NOW);
  await keepAnswer(database.knex, keyed('c'), NOW, ANSWER);
  expect(await claimKey(database.knex, keyed('c'), later(86_399))).toEqual({ state: 'answered', answer: ANSWER });
  expect(await claimKey(database.knex, keyed('c', 'other'), later(86_399))).toEqual({ state: 'reused' });
  expect((await claimKey(database.knex, keyed('c', 'other'), later(86_400))).state).toBe('claimed');
});

test('keys that have expired are removed', async () => {
  await database.knex('core_idempotency_key').delete();
  await claimKey(database.knex, keyed('d'), NOW);
  await claimKey(database.knex, keyed('e'), later(86_400));
  expect(await database.knex('core_idempotency_key').pluck('key')).toEqual(['e']);
});

test('the same key for another path or method is another request', async () => {
  await claimKey(database.knex, keyed('f'), NOW);
  expect((await claimKey(database.knex, { ...keyed('f'), path: '/api/y/' }, NOW)).state).toBe('reused');
  expect((await claimKey(database.knex, { ...keyed('f'), token: 'token:2' }, NOW)).state).toBe('claimed');
});

test('a fact is drawn once, also by many at once', async () => {
  let drawn = 0;
  const facts = await Promise.all(
    Array.from({ length: 5 }, () => keptFact(database.knex, 'minute', () => (drawn += 1))),
  );
  expect(new Set(facts).size).toBe(1);
  expect(await keptFact(database.knex, 'minute', () => 99)).toBe(facts[0]);
});
