import { Cron } from 'croner';
import { z } from 'zod';
import { Secret } from './secret';

/** The kinds of value a setting can have. Each takes what an environment variable or a YAML file can hold. */

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `true`/`false`, `True`/`False`, `1`/`0`, `yes`/`no`. */
export const flag = z.unknown().transform((value, ctx) => {
  const text = String(value).trim().toLowerCase();
  if (['true', '1', 'yes'].includes(text)) return true;
  if (['false', '0', 'no'].includes(text)) return false;
  ctx.addIssue({ code: 'custom', message: 'expected true or false (also 1/0, yes/no)' });
  return z.NEVER;
});

/** A whole number within bounds. */
export const whole = (min: number, max: number): z.ZodType<number> =>
  z.unknown().transform((value, ctx) => {
    const text = String(value).trim();
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= min && number <= max) return number;
    ctx.addIssue({ code: 'custom', message: `expected a whole number from ${min} to ${max}` });
    return z.NEVER;
  });

/** A length of time such as `30s`, `5m`, `1h`; in milliseconds. A bare number is refused: it has no unit. */
export const duration = z.unknown().transform((value, ctx) => {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(String(value).trim());
  if (match) return Math.round(Number(match[1]) * UNIT_MS[match[2] as keyof typeof UNIT_MS]);
  ctx.addIssue({ code: 'custom', message: 'expected a length of time with a unit, like 30s, 5m or 1h' });
  return z.NEVER;
});

/** A share such as `5%`; as a fraction of one. */
export const share = z.unknown().transform((value, ctx) => {
  const match = /^(\d+(?:\.\d+)?)%$/.exec(String(value).trim());
  if (match && Number(match[1]) <= 100) return Number(match[1]) / 100;
  ctx.addIssue({ code: 'custom', message: 'expected a share from 0% to 100%' });
  return z.NEVER;
});

/** An `http:` or `https:` address without credentials, kept without its trailing slash. */
export const httpUrl = z.unknown().transform((value, ctx) => {
  const text = String(value).trim();
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.password) return text.replace(/\/+$/, '');
  ctx.addIssue({ code: 'custom', message: 'expected an http:// or https:// address without credentials' });
  return z.NEVER;
});

/** NetBox's address; `/api` at its end may be written or not (Peering Manager 1.10.4 takes both). Kept without it. */
export const netboxUrl = httpUrl.transform((url) => url.replace(/\/api$/, ''));

/** Words separated by commas (environment) or a list (YAML). */
export const list = z
  .unknown()
  .transform((value) =>
    (Array.isArray(value) ? value.map(String) : String(value).split(','))
      .map((word) => word.trim())
      .filter((word) => word !== ''),
  );

/** As a list, with `*` for all: in the environment, where an empty variable means that it is not set. */
export const listOrAll = list.transform((words) => (words.includes('*') ? [] : words));

/** One of the given words. */
export const word = <T extends string>(...words: readonly T[]): z.ZodType<T> =>
  z.unknown().transform((value, ctx) => {
    const found = words.find((candidate) => candidate === String(value).trim().toLowerCase());
    if (found !== undefined) return found;
    ctx.addIssue({ code: 'custom', message: `expected one of ${words.join(', ')}` });
    return z.NEVER;
  });

/** Some text, not empty. */
export const text = z.unknown().transform((value, ctx) => {
  if ((typeof value === 'string' || typeof value === 'number') && String(value).trim() !== '')
    return String(value).trim();
  ctx.addIssue({ code: 'custom', message: 'expected some text' });
  return z.NEVER;
});

/** A secret of at least `min` characters. */
export const secret = (min = 1): z.ZodType<Secret> =>
  z.unknown().transform((value, ctx) => {
    if (typeof value === 'string' && value.trim().length >= min) return new Secret(value.trim());
    ctx.addIssue({ code: 'custom', message: `expected at least ${min} characters of text` });
    return z.NEVER;
  });

/** The most that is read of a header with a key in it. */
const LONGEST_KEY = 500;

/** A secret that is sent in a header after a word, so one without spaces, of visible ASCII characters. */
export const key = (min = 1): z.ZodType<Secret> =>
  secret(min).refine((value) => new RegExp(`^[!-~]{1,${LONGEST_KEY}}$`).test(value.reveal()), {
    message: `expected ${min} to ${LONGEST_KEY} letters, digits and signs, without spaces`,
  });

/** A key of PagerDuty's, by which events reach a service: exactly 32 letters or digits. */
export const routingKey = z.unknown().transform((value, ctx) => {
  const given = typeof value === 'string' ? value.trim() : '';
  if (/^[0-9a-z]{32}$/i.test(given)) return new Secret(given);
  // An unquoted YAML value of digits alone is a number, of which only the first digits are left.
  const hint = typeof value === 'number' ? ', in quotes since YAML takes it for a number' : '';
  ctx.addIssue({ code: 'custom', message: `expected exactly 32 letters or digits${hint}` });
  return z.NEVER;
});

/** A PostgreSQL address; a secret, since it holds the password. */
export const databaseUrl = z.unknown().transform((value, ctx) => {
  const address = String(value).trim();
  if (/^postgres(ql)?:\/\//.test(address) && URL.canParse(address)) return new Secret(address);
  ctx.addIssue({ code: 'custom', message: 'expected a postgres:// address, like postgres://user:password@host/name' });
  return z.NEVER;
});

/** A five-field cron expression, checked early with croner; the Temporal server stays the authority on its own grammar. */
export const cron = z.unknown().transform((value, ctx) => {
  const text = String(value).trim();
  try {
    if (new Cron(text, { mode: '5-part', paused: true }).nextRun() !== null) return text;
    ctx.addIssue({ code: 'custom', message: 'expected a cron expression that has a next time' });
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
    ctx.addIssue({ code: 'custom', message: `expected a cron expression of five fields (${why})` });
  }
  return z.NEVER;
});

/** How many devices an hour may be disabled or deleted before a person has to confirm it. */
export interface ChangeGuard {
  /** Of the linked routers; a fraction of one. */
  readonly share: number;
  readonly number: number;
}

/** A share and a number, such as `10% or 20`. */
export const changeGuard = z.unknown().transform((value, ctx): ChangeGuard => {
  const match = /^(\d+(?:\.\d+)?)%(?:\s*(?:,|or)\s*)(\d+)$/.exec(String(value).trim());
  if (match && Number(match[1]) <= 100) return { share: Number(match[1]) / 100, number: Number(match[2]) };
  ctx.addIssue({ code: 'custom', message: "expected a share and a number of devices, like '10% or 20'" });
  return z.NEVER;
});

/** `name=word` pairs separated by commas (environment) or a map (YAML); `expected` says so of the names and words. */
export const pairs = <W extends string>(
  words: readonly W[],
  expected: string,
  isName: (name: string) => boolean = (name) => name !== '',
): z.ZodType<Readonly<Record<string, W>>> =>
  z.unknown().transform((value, ctx) => {
    const given: [string, unknown][] =
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.entries(value)
        : list.parse(value).map((pair) => [pair.split('=')[0]?.trim() ?? '', pair.split('=')[1]?.trim()]);
    const result: Record<string, W> = {};
    for (const [name, word] of given) {
      if (!isName(name) || !words.includes(word as W)) {
        ctx.addIssue({ code: 'custom', message: `expected ${expected}, with one of ${words.join(', ')}` });
        return z.NEVER;
      }
      result[name] = word as W;
    }
    return result;
  });

/** Secrets separated by commas (environment) or a list (YAML): all of them count, so that one can be replaced by another. */
export const secrets = (min: number): z.ZodType<readonly Secret[]> =>
  list.transform((values, ctx) => {
    if (values.every((value) => value.length >= min)) return values.map((value) => new Secret(value));
    ctx.addIssue({ code: 'custom', message: `expected secrets of at least ${min} characters, separated by commas` });
    return z.NEVER;
  });
