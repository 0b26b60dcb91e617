import { readAll } from '../fakes/ixapi/ask';
import type { FakeIxapi } from '../fakes/ixapi/server';
import { NAMED_LISTS, WHOLE_LISTS, type ListName, type RawLists, type RawRow } from '../../store/ixapi/reading/raw';

export const LISTS: readonly ListName[] = [...WHOLE_LISTS, ...NAMED_LISTS];

/** Lists of which only some have rows. */
export const listsOf = (some: Partial<RawLists>): RawLists =>
  ({ ...Object.fromEntries(LISTS.map((list) => [list, []])), ...some }) as RawLists;

/** All that a fake exchange shows to our key, as it comes. */
export async function readLists({ url }: FakeIxapi): Promise<RawLists> {
  const read = LISTS.map(async (list) => [list, (await readAll(url, `/${list}`, 1000)) as RawRow[]] as const);
  return Object.fromEntries(await Promise.all(read)) as unknown as RawLists;
}
