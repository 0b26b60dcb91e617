import { setTimeout as sleep } from 'node:timers/promises';
import { FAKE_API_KEY } from '../../fakes/peeringdb/server';
import { startProduct, type Product } from '../product';
import { expectEqual, expectThat, type Job, type Step } from '../stage';

interface Statistics {
  readonly 'poc-count': number;
  readonly flush_advised: boolean;
  readonly authenticated: boolean;
}

const statisticsOf = async (product: Product): Promise<Statistics> =>
  (await product.get<Statistics>('/api/peeringdb/cache/statistics/')).body;

const restart: Step = {
  title: 'Stopped, given an API key and started again, it finds its data',
  play: async (stage) => {
    const before = await statisticsOf(stage.product);
    await stage.product.stop();
    stage.show.say('stopped; PEERINGDB_API_KEY is set; starting again');
    stage.env['PEERINGDB_API_KEY'] = FAKE_API_KEY;
    stage.product = await startProduct(stage.env, () => undefined);
    const after = await statisticsOf(stage.product);
    stage.show.say(`flush_advised: ${before.flush_advised} → ${after.flush_advised}`);
    expectThat(after.flush_advised, 'it does not say that the key would show more');
    return `${await expectEqual(stage)}; it knows that the key would show more`;
  },
};

/** The newest job, once it is another one than `last` and completed. */
async function nextJob(product: Product, last: string | undefined): Promise<Job> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline;) {
    await sleep(200);
    const [job] = (await product.get<{ results: Job[] }>('/api/core/jobs/?limit=1')).body.results;
    if (job !== undefined && job.id !== last && job.status === 'completed') return job;
  }
  throw new Error('the schedule started nothing that completed within a minute');
}

const scheduled: Step = {
  title: 'The next scheduled synchronisation fetches by itself what the key may see',
  play: async (stage) => {
    const { product, show } = stage;
    const before = await statisticsOf(product);
    const [last] = (await product.get<{ results: Job[] }>('/api/core/jobs/?limit=1')).body.results;
    show.say('$ crossconnect schedule trigger peeringdb');
    const { code } = await product.cli('schedule', 'trigger', 'peeringdb');
    expectThat(code === 0, `the command ends with code ${code}: expected 0`);
    show.say((await nextJob(product, last?.id)).result?.summary ?? 'no summary');
    const after = await statisticsOf(product);
    expectThat(after.authenticated && !after.flush_advised, 'the rows are not those that the key may see');
    const contacts = `${before['poc-count']} contacts became ${after['poc-count']}`;
    expectThat(after['poc-count'] > before['poc-count'], `${contacts}: expected more`);
    return `${contacts}; ${await expectEqual(stage, 'key')}`;
  },
};

/** What a key changes. */
export const KEY: readonly Step[] = [restart, scheduled];
