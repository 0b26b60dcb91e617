import type { Linked } from './linked';
import { STATES, type Row } from './model';

/** One query parameter: whether a row passes, and what is wrong with a value, if anything. */
export interface Filter {
  readonly passes: (row: Row, value: string, linked: Linked) => boolean;
  readonly complain?: (value: string) => string | undefined;
}

export const equal = (field: string): Filter => ({ passes: (row, value) => row[field] === value });

export const listed: Filter = { passes: ({ id }, value) => value.split(',').includes(id) };

/** Something that is asked of other lists. */
export const linkedBy = (passes: Filter['passes']): Filter => ({ passes });

/** A whole number, compared as it is told. */
export function whole(read: string | ((row: Row) => unknown)): Filter {
  const get = typeof read === 'string' ? (row: Row): unknown => row[read] : read;
  return { passes: (row, value) => get(row) === Number(value), complain: complainOfNumber };
}

export const isWhole = (value: string): boolean => /^-?\d+$/.test(value);

export const complainOfNumber = (value: string): string | undefined =>
  isWhole(value) ? undefined : 'A valid integer is required.';

export function choice(field: string, values: readonly string[], negate = false): Filter {
  return {
    passes: (row, value) => (row[field] === value) !== negate,
    complain: (value) => (values.includes(value) ? undefined : `"${value}" is not a valid choice.`),
  };
}

export const truth = (field: string): Filter => ({
  passes: (row, value) => String(row[field]) === value,
  complain: (value) => (['true', 'false'].includes(value) ? undefined : 'Must be a valid boolean.'),
});

/** A point in time; the specification does not say how it is compared: unverified, here as equal. */
export const instant = (field: string): Filter => ({
  passes: (row, value) => row[field] !== null && Date.parse(String(row[field])) === Date.parse(value),
  complain: (value) => (Number.isNaN(Date.parse(value)) ? 'Enter a valid date/time.' : undefined),
});

type Filters = Readonly<Record<string, Filter>>;

export const stateful: Filters = { state: choice('state', STATES), state__is_not: choice('state', STATES, true) };

export const owned: Filters = {
  managing_account: equal('managing_account'),
  consuming_account: equal('consuming_account'),
};

export const referable: Filters = { external_ref: equal('external_ref') };

const COMPARISONS: Readonly<Record<string, (speed: number, value: number) => boolean>> = {
  '': (speed, value) => speed === value,
  __lt: (speed, value) => speed < value,
  __lte: (speed, value) => speed <= value,
  __gt: (speed, value) => speed > value,
  __gte: (speed, value) => speed >= value,
};

/** What ports a place or a device has. */
export const capable: Filters = {
  capability_media_type: linkedBy((row, value, linked) =>
    linked.hasCapability(row, ({ media_type }) => media_type === value),
  ),
  ...Object.fromEntries(
    Object.entries(COMPARISONS).map(([suffix, compare]): [string, Filter] => [
      `capability_speed${suffix}`,
      {
        passes: (row, value, linked) =>
          linked.hasCapability(row, ({ speed }) => compare(speed as number, Number(value))),
        complain: complainOfNumber,
      },
    ]),
  ),
};
