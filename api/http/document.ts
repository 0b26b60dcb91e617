import { z } from 'zod';

/** Deeper than anybody nests, and shallow enough for whatever reads it. */
const DEEPEST = 32;

const isShallow = (value: unknown, depth = DEEPEST): boolean =>
  typeof value !== 'object' || value === null
    ? true
    : depth > 0 && Object.values(value).every((inner) => isShallow(inner, depth - 1));

const hasNul = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.entries(value).some(([key, inner]) => key.includes('\0') || hasNul(inner));

/** A JSON object that a column of type jsonb can hold. */
export const document = z
  .record(z.string(), z.unknown())
  .refine((value) => isShallow(value), { message: `expected at most ${DEEPEST} levels`, abort: true })
  .refine((value) => !hasNul(value), 'expected names without NUL characters');
