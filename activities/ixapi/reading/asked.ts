import { createHash } from 'node:crypto';
import type { Asked } from '../../../store/ixapi/reading/asked';
import type { IxapiAnswer } from '../client';
import type { Get } from './lists';

/** What was asked of an exchange and how it was answered: asked again, the same answers are the same exchange. */

const rowsOf = (answer: IxapiAnswer | undefined): number | null =>
  Array.isArray(answer?.body) ? answer.body.length : null;

/** The same questions, and what was asked and answered with them, in whatever order. */
export function noted(get: Get): { readonly get: Get; readonly asked: Asked[] } {
  const asked: Asked[] = [];
  return {
    asked,
    async get(path, parameters, before) {
      const answer = await get(path, parameters, before);
      const { status = null, digest = null } = answer ?? {};
      asked.push({ path, parameters, status, digest, rows: rowsOf(answer) });
      return answer;
    },
  };
}

const lineOf = ({ path, parameters, status, digest }: Asked): string =>
  JSON.stringify([path, parameters, status, digest]);

/** The digest of all that was asked and answered, in whatever order. */
export const digestOf = (asked: readonly Asked[]): string =>
  createHash('md5').update(asked.map(lineOf).sort().join('\n')).digest('hex');

/** Whether all was answered as before; and the same questions, of which those that were asked are not asked again. */
export interface AskedAgain {
  readonly isSame: boolean;
  readonly get: Get;
}

/** What takes longer is read page by page, so that it is kept for whoever goes on. Milliseconds. */
const LONGEST_MS = 5_000;

const keyOf = (path: string, parameters: unknown): string => JSON.stringify([path, parameters]);

/** The ids that were asked for; nothing for a page. */
export function idsIn({ path, parameters }: Asked): readonly string[] {
  const [, id] = path.split('/');
  if (id !== undefined) return [decodeURIComponent(id)];
  return parameters.flatMap(([name, value]) => (name === 'id' ? String(value).split(',') : []));
}

/** Questions about one list: pages in their order, then ids. */
interface List {
  readonly left: Asked[];
  /** How many are on their way. */
  running: number;
}

function byList(asked: readonly Asked[]): List[] {
  const lists = new Map<string, List>();
  for (const one of asked) {
    const name = one.path.split('/')[0] ?? '';
    const list = lists.get(name) ?? { left: [], running: 0 };
    lists.set(name, list);
    list.left.push(one);
  }
  return [...lists.values()];
}

/** Of one list: where it has become shorter, no more than one of these is for nothing. */
const AT_ONCE = 2;

const longest = (lists: readonly List[]): List | undefined =>
  lists
    .filter(({ left, running }) => left.length > 0 && running < AT_ONCE)
    .sort((a, b) => b.left.length - a.left.length)[0];

/**
 * Asks what was asked before, all lists at once, until none comes, or it takes long; of a list that has other rows than
 * before on a page, the pages behind it are others too, and are not asked for. Answers of before are not parsed. Whoever
 * reads on from the answers that came loses none of them.
 */
export async function askAgain(get: Get, before: readonly Asked[], lanes: number): Promise<AskedAgain> {
  const answers = new Map<string, IxapiAnswer | undefined>();
  const lists = byList(before);
  const since = performance.now();
  let failure: { readonly error: unknown } | undefined;
  let isSame = before.length > 0;
  const stop = (): void => {
    isSame = false;
    for (const { left } of lists) left.splice(0);
  };
  const ask = async ({ left }: List, one: Asked): Promise<void> => {
    const { path, parameters, digest } = one;
    const answer = await get(path, parameters, digest ?? undefined);
    answers.set(keyOf(path, parameters), answer);
    if (performance.now() - since > LONGEST_MS) stop();
    const isOfBefore = (answer?.status ?? null) === one.status;
    if (isOfBefore && (answer?.digest ?? null) === digest) return;
    isSame = false;
    if (!isOfBefore || rowsOf(answer) !== one.rows) left.splice(0);
  };
  const lane = async (): Promise<void> => {
    for (let list = longest(lists); list !== undefined; list = longest(lists)) {
      const one = list.left.shift();
      // Which ids are asked for is not known any more.
      if (one === undefined || (!isSame && idsIn(one).length > 0)) continue;
      list.running += 1;
      await ask(list, one).catch((error: unknown) => {
        failure ??= { error };
        stop();
      });
      list.running -= 1;
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return {
    isSame,
    async get(path, parameters, digest) {
      const key = keyOf(path, parameters);
      const answer = answers.get(key);
      if (answers.delete(key)) return answer;
      if (failure !== undefined) throw failure.error;
      return get(path, parameters, digest);
    },
  };
}
