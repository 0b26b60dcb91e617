import fc from 'fast-check';
import { askByIds } from '../../../activities/ixapi/reading/by-ids';
import type { Get } from '../../../activities/ixapi/reading/lists';

/** How an exchange treats questions for ids. */
interface Manners {
  /** The most rows of an answer, and whether it says that there are more. */
  readonly most: number;
  readonly isTold: boolean;
  readonly ignoresFilter: boolean;
}

/** An exchange that has these rows, and how often it was asked. */
function exchange(ids: readonly string[], { most, isTold, ignoresFilter }: Manners): { get: Get; asked: string[] } {
  const asked: string[] = [];
  const get: Get = (path, parameters) => {
    asked.push(path);
    const [, one] = path.split('/').map(decodeURIComponent);
    if (one !== undefined)
      return Promise.resolve(ids.includes(one) ? { status: 200, body: { id: one }, digest: '' } : undefined);
    const wanted = parameters
      .find(([name]) => name === 'id')![1]
      .toString()
      .split(',');
    const rows = ids.filter((id) => ignoresFilter || wanted.includes(id)).map((id) => ({ id }));
    return Promise.resolve({ status: isTold && rows.length > most ? 206 : 200, body: rows.slice(0, most), digest: '' });
  };
  return { get, asked };
}

async function ask(get: Get, ids: readonly string[]): Promise<{ found: string[]; absent: string[] }> {
  const [found, absent]: string[][] = [[], []];
  for await (const settled of askByIds(get, 'ips', ids)) {
    found!.push(...settled.found.map(({ id }) => id));
    absent!.push(...settled.absent);
  }
  return { found: found!.sort(), absent: absent!.sort() };
}

const IDS = Array.from({ length: 250 }, (_, n) => `IP-${n}`).sort();
const manners = fc.record({
  most: fc.integer({ min: 1, max: 120 }),
  isTold: fc.boolean(),
  ignoresFilter: fc.boolean(),
});

test('each id that is asked for is found or absent, once, however little an answer holds', async () => {
  await fc.assert(
    fc.asyncProperty(fc.subarray(IDS), fc.subarray(IDS), manners, async (wanted, there, how) => {
      const { get } = exchange(there, how);
      const has = new Set(there);
      expect(await ask(get, wanted)).toEqual({
        found: wanted.filter((id) => has.has(id)),
        absent: wanted.filter((id) => !has.has(id)),
      });
    }),
    { numRuns: 60 },
  );
});

test('ids take one request more than there are pages at most', async () => {
  await fc.assert(
    fc.asyncProperty(fc.subarray(IDS.slice(0, 100)), fc.subarray(IDS), manners, async (wanted, there, how) => {
      const { get, asked } = exchange(there, { ...how, ignoresFilter: false });
      const { found } = await ask(get, wanted);
      expect(asked.length).toBeLessThanOrEqual(Math.ceil(found.length / how.most) + 1);
      expect(asked.length > 0).toBe(wanted.length > 0);
    }),
    { numRuns: 60 },
  );
});
