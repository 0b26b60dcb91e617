import { z } from 'zod';
import type { ListSource } from '../../store/query/columns';
import type { Values } from '../../store/records';

/** What can be written of a kind of records. */
export type Fields = Readonly<Record<string, z.ZodType>>;

/** Only what was given, so that nothing is set to nothing. */
export const given = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

/**
 * The schema of a body. Fields that are only read are taken and left aside, so that what was read can be written back.
 */
export function bodySchema(
  { fields, source }: { readonly fields: Fields; readonly source: ListSource },
  optional: (name: string) => boolean,
): z.ZodType<Values> {
  const written = Object.entries(fields).map(([name, field]) => [name, optional(name) ? field.optional() : field]);
  const read = source.columns.filter(({ name }) => !Object.hasOwn(fields, name)).map(({ name }) => name);
  const shape = Object.fromEntries([
    ...written,
    ...read.map((name) => [name, z.unknown().optional().meta({ readOnly: true })]),
  ]) as Record<string, z.ZodType>;
  return z
    .strictObject(shape)
    .transform((values) => given(Object.fromEntries(Object.entries(values).filter(([name]) => !read.includes(name)))));
}
