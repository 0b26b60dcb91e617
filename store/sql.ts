import type { QueryConfig } from 'pg';

/** Values of named parameters. */
export type Parameters = Readonly<Record<string, unknown>>;

/** Turns `:name` parameters into PostgreSQL's numbered ones, so that a statement takes only those that it names. */
export function bind(text: string, parameters: Parameters): QueryConfig {
  const names: string[] = [];
  const numbered = text.replace(/(?<!:):([a-z_]+)\b/g, (_, name: string) => {
    if (!Object.hasOwn(parameters, name))
      throw new Error(`a statement names the parameter ${name}, which has no value`);
    if (!names.includes(name)) names.push(name);
    return `$${names.indexOf(name) + 1}`;
  });
  return { text: numbered, values: names.map((name) => parameters[name]) };
}
