import type { Rng } from '../fakes/peeringdb/rng';
import { NAMES_OF_STEPS, type Kind } from './netbox-steps';

/** One thing that happens; `at` picks the device and the value. */
export interface Step {
  readonly kind: Kind;
  readonly name: string;
  readonly at: number;
  /** What passes before the next one. */
  readonly waitMs: number;
}

/** How often steps of a kind are drawn; what is left out is not. */
export type Weights = Readonly<Partial<Record<Kind, number>>>;

const WAITS: readonly number[] = [0, 0, 0, 20, 100, 300];

function drawKind(rng: Rng, weights: Weights): Kind {
  const kinds = Object.entries(weights) as [Kind, number][];
  let left = rng.next() * kinds.reduce((sum, [, weight]) => sum + weight, 0);
  return kinds.find(([, weight]) => (left -= weight) < 0)?.[0] ?? 'told';
}

/** So many steps of these kinds. */
export const drawSteps = (rng: Rng, weights: Weights, count: number): Step[] =>
  Array.from({ length: count }, () => {
    const kind = drawKind(rng, weights);
    return { kind, name: rng.pick(NAMES_OF_STEPS[kind]!), at: rng.int(10_000), waitMs: rng.pick(WAITS) };
  });
