import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { Secret } from '../../config/secret';
import { createVault, SealedError, type SecretKind } from '../../store/secrets';
import { createTestDatabase, type TestDatabase } from '../helpers/database';

const NOW = new Date('2026-06-01T00:00:00Z');
const VALUE = 'a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6';
const SECRET_KEY = new Secret('the key that seals the secrets');
const TAG_AT = 12;
const CIPHERTEXT_AT = TAG_AT + 16;

const vault = createVault(SECRET_KEY);
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.knex.raw(`CREATE TABLE IF NOT EXISTS core_secret (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    digest bytea NOT NULL,
    sealed bytea NOT NULL,
    created timestamptz NOT NULL,
    CONSTRAINT core_secret_value UNIQUE (kind, digest)
  )`);
});

afterEach(() => database.knex('core_secret').delete());
afterAll(() => database.drop());

interface Row {
  readonly id: number;
  readonly kind: SecretKind;
  readonly digest: Buffer;
  readonly sealed: Buffer;
  readonly created: string;
}

const rows = (): Promise<Row[]> => database.knex<Row>('core_secret').orderBy('id').select();
const keep = (value = VALUE, kind: SecretKind = 'routing_key'): Promise<number> =>
  vault.keep(database.knex, kind, value, NOW);
const open = async (id: number, kind: SecretKind = 'routing_key'): Promise<string> =>
  (await vault.open(database.knex, kind, id)).reveal();

/** What `open` rejects with, with all that hangs on it, as text. */
async function refusal(opening: Promise<unknown>): Promise<string> {
  const error: unknown = await opening.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SealedError);
  return inspect(error, { depth: 9, showHidden: true });
}

test.each([VALUE, 'pässwörd ✓ \u{1F511}', '', ' spaces stay ', 'x'.repeat(10_000)])(
  'a secret that was kept is told again (%#)',
  async (value) => {
    const id = await keep(value);
    expect(await open(id)).toBe(value);
    expect(await rows()).toMatchObject([{ id, kind: 'routing_key', created: '2026-06-01T00:00:00Z' }]);
  },
);

test('a secret opens in a later process of the same SECRET_KEY, and is the same row for it', async () => {
  const id = await keep();
  const later = createVault(new Secret(SECRET_KEY.reveal()));
  expect((await later.open(database.knex, 'routing_key', id)).reveal()).toBe(VALUE);
  expect(await later.keep(database.knex, 'routing_key', VALUE, new Date())).toBe(id);
});

test('the same value of a kind is one row, which stays as it is', async () => {
  const id = await keep();
  const before = await rows();
  expect(await keep()).toBe(id);
  expect(await rows()).toEqual(before);
});

test('another value, and another kind, is another row', async () => {
  const ids = [await keep(), await keep(VALUE.toUpperCase()), await keep(VALUE, 'ixapi_secret')];
  expect(new Set(ids).size).toBe(3);
  expect(await open(ids[2] ?? 0, 'ixapi_secret')).toBe(VALUE);
});

test('of twenty that keep the same value at once all get the same row', async () => {
  const ids = await Promise.all(Array.from({ length: 20 }, () => keep()));
  expect(new Set(ids).size).toBe(1);
  expect(await rows()).toHaveLength(1);
  expect(await open(ids[0] ?? 0)).toBe(VALUE);
});

/** Until a session of this database waits for another. */
async function someoneWaits(): Promise<void> {
  const waiting = database.knex('pg_stat_activity').whereRaw('datname = current_database()');
  while (!(await waiting.clone().where('wait_event_type', 'Lock').first('pid'))) await sleep(5);
}

test('a value that a transaction keeps which has not ended is waited for and found', async () => {
  const first = await database.knex.transaction();
  const id = await vault.keep(first, 'routing_key', VALUE, NOW);
  const second = keep();
  await someoneWaits();
  await first.commit();
  expect(await second).toBe(id);
});

test('a secret that was kept in a transaction goes with it', async () => {
  const transaction = await database.knex.transaction();
  const id = await vault.keep(transaction, 'routing_key', VALUE, NOW);
  await transaction.rollback();
  expect(await refusal(open(id))).toContain(`there is no secret ${id} of kind routing_key`);
});

test('another SECRET_KEY opens nothing, and keeps the same value as another row', async () => {
  const id = await keep();
  const other = createVault(new Secret('quite another key than that'));
  const text = await refusal(other.open(database.knex, 'routing_key', id));
  expect(text).toContain('SECRET_KEY is not the one that sealed it');
  const again = await other.keep(database.knex, 'routing_key', VALUE, NOW);
  expect(again).not.toBe(id);
  expect((await other.open(database.knex, 'routing_key', again)).reveal()).toBe(VALUE);
  expect(await open(id)).toBe(VALUE);
});

const flipped = (bytes: Buffer, at: number): Buffer => {
  const changed = Buffer.from(bytes);
  changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
  return changed;
};

test.each<[string, (row: Row) => Partial<Row>]>([
  ['nonce', ({ sealed }) => ({ sealed: flipped(sealed, 0) })],
  ['tag', ({ sealed }) => ({ sealed: flipped(sealed, TAG_AT) })],
  ['ciphertext', ({ sealed }) => ({ sealed: flipped(sealed, CIPHERTEXT_AT) })],
  ['last byte', ({ sealed }) => ({ sealed: flipped(sealed, sealed.length - 1) })],
  ['digest', ({ digest }) => ({ digest: flipped(digest, 0) })],
  ['length, longer', ({ sealed }) => ({ sealed: Buffer.concat([sealed, Buffer.from('x')]) })],
  ['length, without the last byte', ({ sealed }) => ({ sealed: sealed.subarray(0, -1) })],
  ['length, without a ciphertext', ({ sealed }) => ({ sealed: sealed.subarray(0, CIPHERTEXT_AT) })],
  ['length, within the tag', ({ sealed }) => ({ sealed: sealed.subarray(0, TAG_AT + 4) })],
  ['length, within the nonce', ({ sealed }) => ({ sealed: sealed.subarray(0, 3) })],
  ['length, nothing at all', () => ({ sealed: Buffer.alloc(0) })],
])('a row whose %s was changed does not open, and the error does not show the value', async (_, change) => {
  const id = await keep();
  const [row] = await rows();
  if (!row) throw new Error('expected a row');
  await database.knex('core_secret').where({ id }).update(change(row));
  const text = await refusal(open(id));
  expect(text).toContain(`secret ${id} of kind routing_key does not open`);
  expect(text).not.toContain(VALUE);
  expect(text).not.toContain(SECRET_KEY.reveal());
});

test('a secret does not open as another kind, even when its row says that it is', async () => {
  const id = await keep();
  expect(await refusal(open(id, 'ixapi_secret'))).toContain('there is no secret');
  await database.knex('core_secret').where({ id }).update({ kind: 'ixapi_secret' });
  const text = await refusal(open(id, 'ixapi_secret'));
  expect(text).toContain('does not open');
  expect(text).not.toContain(VALUE);
});

test('a sealed value that was moved to the row of another value does not open', async () => {
  const [one, other] = [await keep(), await keep('another value')];
  const [row] = await rows();
  await database.knex('core_secret').where({ id: other }).update({ sealed: row?.sealed });
  await refusal(open(other));
  expect(await open(one)).toBe(VALUE);
});

test('nothing of a value is in the bytes of its row', async () => {
  await keep();
  const [row] = await rows();
  const bytes = Buffer.concat([row?.digest ?? Buffer.alloc(0), row?.sealed ?? Buffer.alloc(0)]);
  expect(bytes).toHaveLength(32 + CIPHERTEXT_AT + VALUE.length);
  for (let at = 0; at + 4 <= VALUE.length; at += 1) expect(bytes.includes(VALUE.slice(at, at + 4))).toBe(false);
});

test('no two values are sealed with the same nonce, nor one value twice', async () => {
  const nonces = new Set<string>();
  const note = async (): Promise<void> => {
    for (const { sealed } of await rows()) nonces.add(sealed.subarray(0, TAG_AT).toString('hex'));
  };
  for (let number = 0; number < 50; number += 1) await keep(`value ${number}`);
  await note();
  await database.knex('core_secret').delete();
  for (let number = 0; number < 50; number += 1) await keep(`value ${number}`);
  await note();
  expect(nonces.size).toBe(100);
});

test('an error of PostgreSQL while a secret is kept does not show it', async () => {
  const broken = await database.knex.transaction();
  await broken.raw('ALTER TABLE core_secret DROP COLUMN created');
  const error: unknown = await vault.keep(broken, 'routing_key', VALUE, NOW).catch((reason: unknown) => reason);
  await broken.rollback();
  expect(String(error)).toContain('created');
  expect(inspect(error, { depth: 9, showHidden: true })).not.toContain(VALUE);
});
