/** Sorted copy's middle, or the mean of its two middles. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = 0, high = 0] =
    sorted.length % 2 === 1 ? [sorted[middle], sorted[middle]] : sorted.slice(middle - 1, middle + 1);
  return (low + high) / 2;
}

/** The value below which a share (in percent) of the values lies: the nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((share / 100) * sorted.length) - 1)] ?? 0;
}

/** A comparison against the floor of the same rounds. */
export interface Comparison {
  readonly name: string;
  readonly floor_ms: number;
  readonly product_ms: number;
  /** Median of the rounds' ratios, with the smallest and the largest. */
  readonly ratio: number;
  readonly ratio_min: number;
  readonly ratio_max: number;
  readonly rounds: number;
  readonly bound: number;
}

/** Interleaved rounds as one comparison; `bound` is the ratio that must be kept. */
export function compare(
  name: string,
  bound: number,
  rounds: readonly { readonly floor: number; readonly product: number }[],
): Comparison {
  const ratios = rounds.map(({ floor, product }) => product / floor);
  return {
    name,
    bound,
    floor_ms: Math.round(median(rounds.map(({ floor }) => floor))),
    product_ms: Math.round(median(rounds.map(({ product }) => product))),
    ratio: median(ratios),
    ratio_min: Math.min(...ratios),
    ratio_max: Math.max(...ratios),
    rounds: rounds.length,
  };
}
