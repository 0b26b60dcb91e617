import { createToken, deleteToken, findToken, findTokenById, listTokens, touchToken } from '../../store/tokens';
import { createTestDatabase, type TestDatabase } from '../helpers/database';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

test('a token is found by its key and by nothing else', async () => {
  const { key, ...token } = await createToken(database.knex, {
    name: 'grafana',
    scope: 'read',
    expires: '2027-01-01T00:00:00Z',
    allowed_ips: ['192.0.2.0/24'],
  });
  expect(await findToken(database.knex, key)).toEqual(token);
  expect(token).toMatchObject({ expires: '2027-01-01T00:00:00Z', allowed_ips: ['192.0.2.0/24'], last_used: null });
  expect(await findToken(database.knex, key.toUpperCase())).toBeUndefined();
  expect(await findTokenById(database.knex, token.id)).toEqual(token);
});

test('no allowed addresses means all of them', async () => {
  const { allowed_ips } = await createToken(database.knex, { name: 'x', scope: 'write', allowed_ips: [] });
  expect(allowed_ips).toBeNull();
});

test('tokens are listed and deleted, their keys are in no list', async () => {
  const { id, key } = await createToken(database.knex, { name: 'gone', scope: 'admin' });
  expect(JSON.stringify(await listTokens(database.knex))).not.toContain(key);
  expect(await deleteToken(database.knex, id)).toBe(true);
  expect(await deleteToken(database.knex, id)).toBe(false);
  expect(await findToken(database.knex, key)).toBeUndefined();
});

test('of many uses at once one is written', async () => {
  const { key: _, ...token } = await createToken(database.knex, { name: 'busy', scope: 'read' });
  const now = new Date('2026-06-01T00:00:00Z');
  await Promise.all(Array.from({ length: 5 }, (_, i) => touchToken(database.knex, token, new Date(now.getTime() + i))));
  const used = (await findTokenById(database.knex, token.id))?.last_used;
  expect(used).toMatch(/^2026-06-01T00:00:00/);
  await touchToken(database.knex, { ...token, last_used: used ?? null }, new Date(now.getTime() + 30_000));
  expect((await findTokenById(database.knex, token.id))?.last_used).toBe(used);
});
