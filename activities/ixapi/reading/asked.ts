import { createHash } from 'node:crypto';
import type { Asked } from '../../../store/ixapi/reading/asked';
import { inLanes } from '../../shared/lanes';
import type { IxapiAnswer } from '../client';
import type { Get } from './lists';

/** What was asked of an exchange and how it was answered: asked again, the same answers are the same exchange. */

/** The same questions, and what was asked and answered with them, in whatever order. */
export function noted(get: Get): { readonly get: Get; readonly asked: Asked[] } {
  const asked: Asked[] = [];
  return {
    asked,
    async get(path, parameters, before) {
      const answer = await get(path, parameters, before);
      asked.push({ path, parameters, status: answer?.status ?? null, digest: answer?.digest ?? null });
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

/** Questions by the list that they are about, those about the longest first. */
function byList(asked: readonly Asked[]): Asked[][] {
  const lists = new Map<string, Asked[]>();
  for (const one of asked) {
    const list = one.path.split('/')[0] ?? '';
    lists.set(list, [...(lists.get(list) ?? []), one]);
  }
  return [...lists.values()].sort((a, b) => b.length - a.length);
}

/**
 * Asks what was asked before, until an answer is another one, none comes, or it takes long. Answers of before are not
 * parsed; whoever reads on from the answers that came loses none of them.
 */
export async function askAgain(get: Get, before: readonly Asked[], lanes: number): Promise<AskedAgain> {
  const answers = new Map<string, IxapiAnswer | undefined>();
  const since = performance.now();
  let failure: { readonly error: unknown } | undefined;
  let isSame = before.length > 0;
  const ask = async ({ path, parameters, status, digest }: Asked): Promise<void> => {
    const answer = await get(path, parameters, digest ?? undefined);
    answers.set(keyOf(path, parameters), answer);
    const isLate = performance.now() - since > LONGEST_MS;
    if (isLate || (answer?.status ?? null) !== status || (answer?.digest ?? null) !== digest) isSame = false;
  };
  await inLanes(lanes, byList(before), async (list) => {
    for (const one of list) {
      if (!isSame) return;
      await ask(one).catch((error: unknown) => {
        failure = { error };
        isSame = false;
      });
    }
  });
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
