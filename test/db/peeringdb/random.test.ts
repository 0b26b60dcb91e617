import fc from 'fast-check';
import { play, type Happened } from '../../helpers/synchronise-random';
import { anySetting, anyStep } from '../../helpers/synchronise-steps';
import { drawSeed } from '../../helpers/seed';

/** Sequences in the normal run: half a minute. FAULT_RUNS asks for ten times as many each. */
const RUNS = Number(process.env['FAULT_RUNS'] ?? 0) * 10 || 12;
/** Whether to look for a shorter sequence that fails as well; that takes minutes. */
const SHRINK = process.env['FAULT_SHRINK'] !== undefined;
const SEED = drawSeed();

test(
  `after any sequence of changes, faults and synchronisations the cache equals upstream (FAULT_SEED=${SEED})`,
  async () => {
    const happened: Happened = { completed: 0, failed: 0, compared: 0 };
    const property = fc.asyncProperty(
      anySetting,
      fc.array(anyStep, { minLength: 8, maxLength: 30, size: 'max' }),
      async (setting, steps) => {
        expect(await play(setting, steps, happened)).toEqual([]);
      },
    );
    await fc.assert(property, {
      numRuns: RUNS,
      seed: SEED,
      interruptAfterTimeLimit: RUNS * 20_000,
      endOnFailure: !SHRINK,
    });
    // On the average four of five synchronisations complete, and half of these are compared on the way.
    expect(happened.completed).toBeGreaterThan(RUNS);
    expect(happened.compared).toBeGreaterThan(RUNS / 2);
  },
  RUNS * 25_000,
);
