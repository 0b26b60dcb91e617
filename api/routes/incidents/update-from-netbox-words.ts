import { momentOf, cleaned } from './alerts-common';

/** Reading what NetBox sends, whose shape depends on its version, the plugin's and the template. */

export type Body = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const member = (value: unknown, name: string): unknown =>
  isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;

/** Text that says something, without what PostgreSQL cannot hold. */
export function textOf(value: unknown): string | undefined {
  const text = typeof value === 'string' ? cleaned(value).trim() : '';
  return text === '' ? undefined : text;
}

/** The value of a choice field: plain, or with its label. */
export const choiceOf = (value: unknown): string | undefined => textOf(member(value, 'value') ?? value)?.toLowerCase();

/** What something else is called, by its name or nested. */
export const nameOf = (value: unknown): string | undefined =>
  ['name', 'username', 'display'].map((key) => textOf(member(value, key))).find((name) => name !== undefined) ??
  textOf(value);

/** What the members of a list come to; undefined: there is no list. */
export const listOf = <T>(value: unknown, read: (one: unknown) => T | undefined): T[] | undefined =>
  Array.isArray(value) ? value.map(read).filter((one): one is Awaited<T> & T => one !== undefined) : undefined;

/** An id, by itself or nested. */
export function idOf(value: unknown): number | undefined {
  const id = member(value, 'id') ?? value;
  const number = typeof id === 'string' && /^\d{1,16}$/.test(id) ? Number(id) : id;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 1 ? number : undefined;
}

export const timeOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.length <= 50 ? momentOf(value) : undefined;

/** Only what is known. */
export const given = <T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
