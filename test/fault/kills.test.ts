import type { SyncMode } from '../../workflows/peeringdb/messages';
import type { Fault } from '../fakes/peeringdb/faults';
import { createRng, type Rng } from '../fakes/peeringdb/rng';
import { changeUpstream, killAt, STEPS, surviveKills, type Kill } from '../helpers/product-faults';
import { createRig, type Rig, type Victim } from '../helpers/product-rig';

/** `FAULT_RUNS=100 FAULT_SEED=7 npm run test:fault`: the seed of an earlier run has the same kills at the same steps. */
const RUNS = Number(process.env['FAULT_RUNS'] ?? '25');
const SEED = Number(process.env['FAULT_SEED'] ?? Math.floor(Math.random() * 1_000_000));
/** Servers that die often wait longer before each restart; new ones begin anew. */
const RUNS_OF_A_RIG = 4;

const VICTIMS: readonly Victim[] = ['worker', 'postgres', 'temporal'];
const MODES: readonly SyncMode[] = ['incremental', 'incremental', 'full', 'flush'];
const FAULTS: readonly Fault[] = [
  { kind: 'status', status: 503 },
  { kind: 'reset' },
  { kind: 'reset-in-body' },
  { kind: 'truncated-gzip' },
  { kind: 'throttled', retryAfter: 1 },
];

let rig: Rig | undefined;
let old = true;

beforeAll(() => {
  process.stdout.write(`FAULT_SEED=${SEED} FAULT_RUNS=${RUNS}\n`);
});
afterAll(() => rig?.close());

async function rigFor(run: number, rng: Rng): Promise<Rig> {
  if (rig === undefined || old || run % RUNS_OF_A_RIG === 0) {
    await rig?.close();
    rig = undefined;
    rig = await createRig({ seed: rng.int(1_000_000), scale: rng.pick([0.005, 0.01, 0.02]) });
  }
  // Until this run has ended well.
  old = true;
  return rig;
}

/** One to four kills at different steps, of one or several at once. */
function drawKills(rng: Rng): Kill[] {
  const share = 0.2 + 0.5 * rng.next();
  const drawn = STEPS.filter(() => rng.chance(share)).map((step) => killAt(step, rng.pick(VICTIMS), rng));
  const kills = drawn.length === 0 ? [killAt(rng.pick(STEPS), rng.pick(VICTIMS), rng)] : drawn;
  return kills.map((kill) => (rng.chance(0.25) ? { ...kill, also: rng.pick(VICTIMS) } : kill));
}

test.each(Array.from({ length: RUNS }, (_, run) => run))(
  'run %i: whatever is killed and whenever, the cache ends equal to upstream',
  async (run) => {
    const rng = createRng(SEED).fork(`run ${run}`);
    const current = await rigFor(run, rng.fork('rig'));
    const mode = rng.pick(MODES);
    const faults = FAULTS.filter(() => rng.chance(0.3));
    await changeUpstream(current, mode, rng, faults);
    const kills = drawKills(rng);
    const wrong = await surviveKills(current, mode, kills);
    const described = { seed: SEED, run, mode, faults, kills };
    expect({ ...described, wrong }).toEqual({ ...described, wrong: [] });
    old = false;
  },
);
