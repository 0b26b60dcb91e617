import { isDeepStrictEqual } from 'node:util';

/** By field, what it was and what it is. */
export type Changes = Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>;

/** What an operator has to see of a change; how a router is found again when it comes back is our own affair. */
const UNSEEN: readonly string[] = ['id', 'status_before', 'delete_after'];

/** What differs, of these fields; what is not there has null in every field. */
export function changesBetween<T extends object>(
  before: Partial<T> | undefined,
  after: Partial<T> | undefined,
  names: readonly (keyof T & string)[],
): Changes {
  const valueOf = (of: Partial<T> | undefined, name: keyof T): unknown => of?.[name] ?? null;
  return Object.fromEntries(
    names
      .filter((name) => !UNSEEN.includes(name) && !isDeepStrictEqual(valueOf(before, name), valueOf(after, name)))
      .map((name) => [name, { from: valueOf(before, name), to: valueOf(after, name) }]),
  );
}
