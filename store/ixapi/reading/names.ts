import type { Named } from '../documents';
import { readText, type Loose } from './loose';

/** Names of rows by their ids. */
export type Names = ReadonlyMap<string, string | null>;

/** The names of rows. */
export const namesOf = (rows: readonly Loose[], fields: readonly string[]): Names =>
  new Map(rows.map((row) => [row.id, readName(row, fields)]));

/** The first of these fields that has a name. */
export function readName(row: Loose, fields: readonly string[]): string | null {
  for (const field of fields) {
    const name = readText(row, field);
    if (name !== null) return name;
  }
  return null;
}

/** What an id refers to, with its name if that is shown. */
export const named = (id: string | null, names: Names): Named | null =>
  id === null ? null : { id, name: names.get(id) ?? null };

/** What ids name, and the ids of what is not shown, or cannot be read. */
export function resolve<T>(
  ids: readonly string[],
  known: ReadonlyMap<string, T>,
): { readonly found: T[]; readonly missing: string[] } {
  return { found: ids.flatMap((id) => known.get(id) ?? []), missing: ids.filter((id) => !known.has(id)) };
}
