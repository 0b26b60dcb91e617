/** A small deterministic source of chance: the same seed gives the same draws on every machine. */
export interface Rng {
  /** A number in [0, 1). */
  next(): number;
  /** A whole number in [0, below). */
  int(below: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** A source of its own, so that one more draw here moves nothing there. */
  fork(label: string): Rng;
}

/** Makes a source of chance from a 32-bit seed (mulberry32). */
export function createRng(seed: number): Rng {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const int = (below: number): number => Math.floor(next() * below);
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (from) => from[int(from.length)]!,
    fork: (label) => createRng(hash(label, seed)),
  };
}

/** Takes a source of chance or the seed of one; control requests can only carry the seed. */
export function toRng(rng: Rng | number): Rng {
  return typeof rng === 'number' ? createRng(rng) : rng;
}

function hash(label: string, seed: number): number {
  let value = (seed ^ 0x811c9dc5) >>> 0;
  for (let i = 0; i < label.length; i += 1) value = Math.imul(value ^ label.charCodeAt(i), 0x01000193) >>> 0;
  return value;
}
