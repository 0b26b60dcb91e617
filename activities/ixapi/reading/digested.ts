import { createHash } from 'node:crypto';
import type { Get } from './lists';

/** The same questions, and a digest of all that was asked and answered, in whatever order. */
export function digested(get: Get): { readonly get: Get; readonly digest: () => string } {
  const seen: string[] = [];
  return {
    async get(path, parameters) {
      const answer = await get(path, parameters);
      seen.push(JSON.stringify([path, parameters, answer?.status ?? null, answer?.digest ?? null]));
      return answer;
    },
    digest: () => createHash('md5').update(seen.sort().join('\n')).digest('hex'),
  };
}
