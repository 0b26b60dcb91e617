import { z } from 'zod';
import { CliError } from './exit';

/** What the API answers, as far as the CLI looks at it; further fields are kept. */
export const jobSchema = z.looseObject({
  id: z.string(),
  type: z.string(),
  status: z.enum(['pending', 'running', 'waiting', 'completed', 'failed', 'canceled']),
  progress: z
    .looseObject({
      phase: z.string().optional(),
      done: z.number().optional(),
      total: z.number().optional(),
      waiting_until: z.string().nullish(),
      reason: z.string().nullish(),
      confirmable: z.boolean().nullish(),
    })
    .nullish(),
  result: z.unknown().optional(),
  error: z.unknown().optional(),
});

/** A job. */
export type Job = z.output<typeof jobSchema>;

/** A page of a list. */
export const pageSchema = z.looseObject({ count: z.number(), results: z.array(z.record(z.string(), z.unknown())) });

/** One record. */
export const recordSchema = z.record(z.string(), z.unknown());

/** Parses an answer; a {@link CliError} says which one was not as expected. */
export function parseAnswer<T extends z.ZodType>(schema: T, answer: unknown, what: string): z.output<T> {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new CliError(
    `${what}: the answer is not what was expected (${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}): are CLI and product of the same version?`,
  );
}
