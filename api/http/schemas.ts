import { z } from 'zod';
import { isIP } from 'node:net';
import { parseAsn, parseFlag, parseTime } from '../../store/query/values';

/** Kinds of value that requests and answers share. Those that read an address's parameters take text. */

const NUL = '\0';
const MAX_INT4 = 2_147_483_647;

/** Text that PostgreSQL can hold, of at most so many characters. */
export const text = (max = 1000): z.ZodString =>
  z
    .string()
    .max(max, `expected at most ${max} characters`)
    .refine((value) => !value.includes(NUL), 'expected text without NUL characters');

/** Text that is not empty. */
export const name = (max = 100): z.ZodString => text(max).regex(/\S/, 'expected some text');

/** A time in ISO 8601; UTC where it names no zone. */
export const time = z
  .string()
  .transform((value, ctx) => {
    const parsed = parseTime(value);
    if (parsed !== undefined) return parsed;
    ctx.addIssue({ code: 'custom', message: 'expected a date or a time, such as 2026-01-31T12:00:00Z' });
    return z.NEVER;
  })
  .meta({ format: 'date-time' });

/** A time in an answer. */
export const timeOut = z.string().meta({ format: 'date-time' });

/** The id of one of PeeringDB's records. */
export const peeringdbId = z.int().min(1).max(MAX_INT4);

/** The id of another own record. */
export const reference = z.int().min(1).max(Number.MAX_SAFE_INTEGER);

/** An ASN as a number or as `AS64500`. */
export const asn = z
  .union([z.number(), z.string()])
  .transform((value, ctx) => {
    const parsed = parseAsn(String(value));
    if (parsed !== undefined && parsed > 0) return parsed;
    ctx.addIssue({ code: 'custom', message: 'expected an ASN from 1 to 4294967295, such as 64500 or AS64500' });
    return z.NEVER;
  })
  .meta({ type: 'integer', minimum: 1, maximum: 4_294_967_295 });

/** The address of an interface with its prefix length. */
export const interfaceAddress = (version: 4 | 6): z.ZodType<string> =>
  z.string().refine(
    (value) => {
      const [address = '', length = '', ...rest] = value.split('/');
      const plain = isIP(address) === version && !address.includes('%') && rest.length === 0;
      return plain && /^\d{1,3}$/.test(length) && Number(length) <= (version === 4 ? 32 : 128);
    },
    {
      message: `expected an IPv${version} address with its prefix length, such as ${version === 4 ? '192.0.2.1/24' : '2001:db8::1/64'}`,
    },
  );

/** An IP address alone. */
export const ipAddress = z
  .string()
  .refine((value) => isIP(value) !== 0 && !value.includes('%'), 'expected an IP address');

/** A MAC address in any of the usual spellings. */
export const macAddress = z
  .string()
  .regex(
    /^([0-9a-f]{2}([:-]?)[0-9a-f]{2}(\2[0-9a-f]{2}){4}|([0-9a-f]{4}\.){2}[0-9a-f]{4})$/i,
    'expected a MAC address, such as 00:53:00:12:34:56',
  );

/** A choice, written by its value. */
export const choice = <K extends string>(choices: Readonly<Record<K, string>>): z.ZodType<K> =>
  z.enum(Object.keys(choices) as [K, ...K[]]);

/** One of some words, written in any case. */
export const anyCase = <K extends string>(words: readonly K[]): z.ZodType<K> =>
  z
    .string()
    .transform((value, ctx) => {
      const found = words.find((word) => word.toLowerCase() === value.trim().toLowerCase());
      if (found !== undefined) return found;
      ctx.addIssue({ code: 'custom', message: `expected one of ${words.join(', ')}` });
      return z.NEVER;
    })
    .meta({ type: 'string', enum: [...words] });

/** An address or a prefix without host bits, as PostgreSQL's `cidr` takes it; an address alone becomes its own prefix. */
export const network = z.string().transform((value, ctx) => {
  const [address = '', length, ...rest] = value.trim().split('/');
  const bits = isIP(address) === 4 ? 32 : 128;
  const plain = isIP(address) !== 0 && !address.includes('%') && rest.length === 0;
  if (plain && (length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= bits))) {
    return `${address}/${length ?? bits}`;
  }
  ctx.addIssue({ code: 'custom', message: 'expected an IP address or a prefix' });
  return z.NEVER;
});

/** The `{id}` of a path whose records are numbered. */
export const idParams = z.object({
  id: z
    .string()
    .regex(/^\d{1,10}$/)
    .transform(Number)
    .refine((id) => id <= MAX_INT4)
    .meta({ type: 'integer' }),
});

/** The `{id}` of a path whose records have UUIDs. */
export const uuidParams = z.object({
  id: z
    .string()
    .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i)
    .meta({ format: 'uuid' }),
});

/** A parameter that is true or false. */
export const flag = z
  .string()
  .transform((value, ctx) => {
    const parsed = parseFlag(value);
    if (parsed !== undefined) return parsed;
    ctx.addIssue({ code: 'custom', message: 'expected true or false' });
    return z.NEVER;
  })
  .meta({ type: 'boolean' });

/** `?wait=SECONDS`: how long to wait for the job that a call starts. */
export const waitQuery = z.object({
  wait: z
    .string()
    .regex(/^\d{1,2}(\.\d{1,3})?$/, 'expected seconds from 0 to 30')
    .transform(Number)
    .refine((seconds) => seconds <= 30, 'expected seconds from 0 to 30')
    .optional()
    .meta({ type: 'number', minimum: 0, maximum: 30, description: 'seconds to wait for the job to complete' }),
});

/** The body of every error. */
export const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    errors: z.record(z.string(), z.array(z.string())).optional(),
  })
  .meta({ id: 'Problem' });
