/**
 * What random sequences are drawn from: FAULT_SEED, to play those of an earlier run again; others each time where FAULT_RUNS
 * asks for many; else the same ones each time, so that what fails is what was changed.
 */
export function drawSeed(): number {
  const { FAULT_SEED, FAULT_RUNS } = process.env;
  if (FAULT_SEED !== undefined) return Number(FAULT_SEED);
  return FAULT_RUNS === undefined ? 1 : Date.now() % 1_000_000;
}
