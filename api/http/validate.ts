import { z } from 'zod';
import { invalidRequest, Problem } from '../problem';

type Issue = z.core.$ZodIssue;

const lowerFirst = (text: string): string =>
  text.charAt(0).toLowerCase() + text.slice(1).replace(/^nvalid input: /, '');

function textOf(issue: Issue): string {
  if (issue.code === 'invalid_type' && issue.input === undefined && /received undefined/.test(issue.message)) {
    return 'is required';
  }
  return lowerFirst(issue.message.replace(/^Invalid input: /, ''));
}

/** Texts by field, out of what zod found. What concerns the whole is said of `whole`. */
export function fieldErrors(error: z.ZodError, whole: string): Record<string, string[]> {
  // A map without a prototype: a field may be called anything.
  const errors = Object.create(null) as Record<string, string[]>;
  const add = (path: readonly PropertyKey[], text: string): void => {
    const field = path.length === 0 ? whole : path.map(String).join('.').replaceAll(/\p{C}/gu, '\ufffd').slice(0, 100);
    errors[field] = [...(errors[field] ?? []), text];
  };
  for (const issue of error.issues) {
    if (issue.code === 'unrecognized_keys')
      for (const key of issue.keys) add([...issue.path, key], 'there is no such field');
    else add(issue.path, textOf(issue));
  }
  return errors;
}

/** Parses a body. Throws a 400 that names the fields. */
export function parseBody(schema: z.ZodType | undefined, body: unknown): unknown {
  const result = (schema ?? z.strictObject({})).safeParse(body);
  if (result.success) return result.data;
  throw invalidRequest(fieldErrors(result.error, 'body'), { cause: result.error });
}

/** Parses the parameters of a path: what is no id at all is not found. */
export function parseParams(schema: z.ZodObject | undefined, params: unknown): unknown {
  const result = (schema ?? z.object({})).safeParse({ ...(params as object) });
  if (result.success) return result.data;
  throw new Problem('not-found', 'there is nothing at this address');
}

/** Parses an address's parameters, each of which may be given once. Throws a 400 that names them. */
export function parseQuery(schema: z.ZodObject | undefined, parameters: URLSearchParams): unknown {
  const errors = Object.create(null) as Record<string, string[]>;
  const values: Record<string, string> = {};
  for (const name of new Set(parameters.keys())) {
    const given = parameters.getAll(name);
    const shown = name.replaceAll(/\p{C}/gu, '\ufffd').slice(0, 100);
    if (schema === undefined || !Object.hasOwn(schema.shape, name)) errors[shown] = ['there is no such parameter'];
    else if (given.length > 1) errors[shown] = [`given ${given.length} times: expected once`];
    else values[name] = given[0] ?? '';
  }
  if (Object.keys(errors).length > 0) throw invalidRequest(errors);
  if (schema === undefined) return {};
  const result = schema.safeParse(values);
  if (result.success) return result.data;
  throw invalidRequest(fieldErrors(result.error, 'query'), { cause: result.error });
}
