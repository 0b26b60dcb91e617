import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FakePeeringdb } from '../../fakes/peeringdb/server';
import type { Product } from '../product';
import { expectEqual, expectThat, resultOf, startSync, type Step } from '../stage';

/** Long enough to be met in its middle. */
const SLOWLY = { kind: 'drip', pieces: 20, pause: 100 } as const;

const postmasterOf = ({ dataDir }: Product): number =>
  Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);

const listsOf = ({ requests }: FakePeeringdb): string[] =>
  requests.map(({ path }) => path).filter((path) => !path.includes('?'));

async function untilAsked(fake: FakePeeringdb, path: string): Promise<void> {
  for (let tries = 0; !listsOf(fake).some((asked) => asked.endsWith(path)); tries += 1) {
    expectThat(tries < 1_000, `upstream was not asked for ${path}`);
    await sleep(20);
  }
}

/** What `/health/ready` says until it is ready again; every different answer once. */
async function watchReadiness(product: Product): Promise<string[]> {
  const said: string[] = [];
  for (const deadline = Date.now() + 30_000; Date.now() < deadline;) {
    await sleep(50);
    const answer = await product.get<{ status: string; detail?: string }>('/health/ready').catch(() => undefined);
    const words = answer === undefined ? 'no answer' : `${answer.status} ${answer.body.detail ?? answer.body.status}`;
    if (said.at(-1) !== words) said.push(words);
    if (answer?.status === 200 && said.length > 1) break;
  }
  return said;
}

const kill: Step = {
  title: 'kill -9 of PostgreSQL in the middle of a synchronisation',
  play: async (stage) => {
    const { fake, show, product } = stage;
    const { updated, created, deleted } = fake.state.mutateShare(11, 0.02);
    fake.clock.advance(3_600_000);
    fake.state.refreshListFiles();
    show.say(`upstream: ${updated} rows updated, ${created} created, ${deleted} deleted`);
    fake.requests.splice(0);
    fake.faults.add({ tag: 'netixlan', kind: 'list' }, SLOWLY);
    const { id } = await startSync(stage, 'full');
    await untilAsked(fake, '/netixlan');

    const first = postmasterOf(product);
    show.say(`$ kill -9 ${first}   # postgres, while the ports are on their way`);
    process.kill(first, 'SIGKILL');
    for (const words of await watchReadiness(product)) show.say(`/health/ready: ${words}`);
    const result = await resultOf(stage, id);
    show.say(result.summary);
    const second = postmasterOf(product);
    expectThat(second !== first, 'PostgreSQL has the same pid as before: it was not killed');
    const lists = listsOf(fake);
    show.say(`upstream gave ${lists.length} lists for 13 types: what had arrived was not asked for again`);
    expectThat(
      lists.length <= 16,
      `upstream was asked for ${lists.length} lists: expected those under way at most twice`,
    );
    return `PostgreSQL is back as process ${second}, the synchronisation completed; ${await expectEqual(stage)}`;
  },
};

/** What dies, and is brought back. */
export const CRASH: readonly Step[] = [kill];
