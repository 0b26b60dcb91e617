/** Times of the last window, and the most that ever fell into one. */
export interface SlidingWindow {
  /** How many there are in the window that ends now. */
  readonly count: (now: number) => number;
  readonly add: (now: number) => void;
  readonly largest: () => number;
}

/** A window reaches back so many milliseconds, and not further: what is exactly as old is out of it. */
export function createWindow(milliseconds: number): SlidingWindow {
  let times: number[] = [];
  let first = 0;
  let largest = 0;
  const count = (now: number): number => {
    while (first < times.length && times[first]! <= now - milliseconds) first += 1;
    if (first > 1000 && first > times.length / 2) {
      times = times.slice(first);
      first = 0;
    }
    return times.length - first;
  };
  return {
    count,
    add: (now) => {
      times.push(now);
      largest = Math.max(largest, count(now));
    },
    largest: () => largest,
  };
}
