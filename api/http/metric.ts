import type { Measurements } from '../../store/measurements';

/** A value of a gauge, and what tells it from its others. */
interface Value {
  readonly labels: Record<string, string>;
  readonly value: number;
}

/** One gauge: its name, what it says, its labels, and how it is read off the measurements. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  readonly values: (measured: Measurements) => readonly Value[];
}

/** A value without labels; none where there is nothing to say. */
export const plain = (value: number | null): Value[] => (value === null ? [] : [{ labels: {}, value }]);
