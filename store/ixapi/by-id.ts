const indices = new WeakMap<readonly object[], ReadonlyMap<string, object>>();

/** A row by its id. Rows that are asked for one after the other are looked through once: they must not change. */
export function byId<T extends { readonly id: string }>(rows: readonly T[], id: string | null): T | undefined {
  const index = indices.get(rows) ?? new Map(rows.map((row) => [row.id, row]));
  indices.set(rows, index);
  return id === null ? undefined : (index.get(id) as T | undefined);
}
