import type { ListName, RowProblem } from './raw';

/** Takes down what is wrong with rows. */
export interface Problems {
  readonly tell: (list: ListName, id: string, reason: string) => void;
  /** The first of them; the last of these says how many more there were. */
  readonly told: () => RowProblem[];
}

/** How many are kept. */
const MOST = 200;

export function createProblems(): Problems {
  const kept: RowProblem[] = [];
  let more = 0;
  return {
    tell: (list, id, reason) => {
      if (kept.length < MOST) kept.push({ list, id, reason });
      else more += 1;
    },
    told: () =>
      kept.map((problem, n) =>
        more === 0 || n < MOST - 1
          ? problem
          : { ...problem, reason: `${problem.reason}; ${more} more problems are not listed` },
      ),
  };
}
