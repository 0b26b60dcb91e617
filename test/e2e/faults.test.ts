import type { SyncMode } from '../../workflows/peeringdb/messages';
import { createRng } from '../fakes/peeringdb/rng';
import { changeUpstream, killAt, STEPS, surviveKills, whatIsWrong } from '../helpers/product-faults';
import { createRig, type Rig, type Victim } from '../helpers/product-rig';

/** Another seed kills at other moments: `FAULT_SEED=7 npx jest test/e2e/faults`. */
const SEED = Number(process.env['FAULT_SEED'] ?? '1');
const VICTIMS: readonly Victim[] = ['worker', 'postgres', 'temporal'];

jest.setTimeout(400_000);

let rig: Rig;
beforeAll(async () => {
  rig = await createRig({ seed: SEED });
});
afterAll(() => rig.close());

// Each of the three is killed at each of the steps, in one of three synchronisations.
const TURNS: readonly [SyncMode, number][] = [
  ['full', 0],
  ['incremental', 1],
  ['flush', 2],
];

test.each(TURNS)(
  '%s: something is killed at each step, and the cache ends equal to upstream (turn %i)',
  async (mode, turn) => {
    const rng = createRng(SEED).fork(mode);
    await changeUpstream(rig, mode, rng);
    const kills = STEPS.map((step, index) => killAt(step, VICTIMS[(index + turn) % 3]!, rng));
    expect(await surviveKills(rig, mode, kills)).toEqual([]);
    // The kills met work that had to be done again.
    const again = Object.values(await rig.attempts()).filter((attempts) => attempts > 1);
    expect(again.length).toBeGreaterThanOrEqual(3);
  },
);

/** Asks the worker that fetches the changes of `net`, a piece of them every `pause` milliseconds, to end. */
async function stopWhileFetching(pause: number): Promise<{ how: number | NodeJS.Signals; asked: number }> {
  await changeUpstream(rig, 'incremental', createRng(SEED).fork(`stop ${pause}`));
  await rig.fake.faults.clear();
  await rig.fake.faults.add({ tag: 'net', kind: 'since' }, { kind: 'drip', pieces: 10, pause });
  const job_id = await rig.start('incremental');
  const index = await rig.reach(({ step, object }) => step === 'stage' && object === 'net');
  const how = await rig.stop(rig.steps[index]!.worker);
  expect(await whatIsWrong(rig, job_id)).toEqual([]);
  const requests = await rig.fake.requests();
  return { how, asked: requests.filter(({ path }) => /^\/api\/net\?since=\d+$/.test(path)).length };
}

test('a worker that is asked to end completes the body that it fetches, and another one goes on', async () => {
  expect(await stopWhileFetching(200)).toEqual({ how: 0, asked: 1 });
});

test('a worker that is asked to end leaves a body that takes too long to another one', async () => {
  expect(await stopWhileFetching(2_000)).toEqual({ how: 0, asked: 2 });
});

test('meanwhile readers saw each of the snapshots, and each of them in one version', () => {
  const { seen, reads, violations } = rig.readers;
  expect([...seen.values()].map(({ size }) => size)).toEqual([1, 1, 1, 1, 1]);
  expect(reads()).toBeGreaterThan(100);
  expect(violations).toEqual([]);
});

test('what a crash of PostgreSQL took from staging was staged again', () => {
  expect(rig.logged('staged rows were lost')).not.toEqual([]);
});
