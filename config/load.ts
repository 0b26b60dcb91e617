import type { z } from 'zod';
import { ConfigError } from './config-error';
import { configSchema, isSecretName, type Config } from './schema';
import { gather, type Origins, type RawValues } from './sources';

const DEFAULT_PEERINGDB_API = 'https://www.peeringdb.com/api';
const DEFAULT_PEERINGDB_CACHE_URL = 'https://public.peeringdb.com';
const ANONYMOUS_REQUESTS_PER_MINUTE = 20;
const AUTHENTICATED_REQUESTS_PER_MINUTE = 40;
const LONGEST_SHOWN = 200;

/** The settings in force, and where each came from. */
export interface Settings {
  readonly config: Config;
  /** The values as given, before they were parsed. */
  readonly values: Readonly<RawValues>;
  readonly origins: Readonly<Origins>;
}

/** A value for a message: no password of an address, and not a whole file that was given by mistake. */
function show(value: unknown): string {
  const shown = JSON.stringify(value).replaceAll(/\/\/[^/@]*@/g, '//[redacted]@');
  return shown.length > LONGEST_SHOWN ? `${shown.slice(0, LONGEST_SHOWN)}…` : shown;
}

function describe(issue: z.core.$ZodIssue, values: RawValues): string {
  const name = String(issue.path[0]);
  const value = values[name];
  if (value === undefined) return `${name}: not given: ${issue.message}`;
  return `${name}:${isSecretName(name) ? '' : ` ${show(value)}`} is not usable: ${issue.message}`;
}

/** Defaults that depend on other settings. */
function withDerived({ values, origins }: { values: RawValues; origins: Origins }): {
  values: RawValues;
  origins: Origins;
} {
  const anonymous = values['PEERINGDB_API_KEY'] === undefined;
  const atHome = String(values['PEERINGDB_API']).replace(/\/+$/, '') === DEFAULT_PEERINGDB_API;
  const derived = {
    PEERINGDB_RATE_LIMIT: anonymous ? ANONYMOUS_REQUESTS_PER_MINUTE : AUTHENTICATED_REQUESTS_PER_MINUTE,
    ...(atHome ? { PEERINGDB_CACHE_URL: DEFAULT_PEERINGDB_CACHE_URL } : {}),
  };
  const derivedOrigins = Object.fromEntries(Object.keys(derived).map((name) => [name, 'default']));
  return { values: { ...derived, ...values }, origins: { ...derivedOrigins, ...origins } };
}

/** The settings in force with their origins. Throws {@link ConfigError} with a line for every wrong value. */
export function loadSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const { values, origins } = withDerived(gather(env));
  const result = configSchema.safeParse(values);
  if (!result.success) throw new ConfigError(result.error.issues.map((issue) => describe(issue, values)).join('\n'));
  if (result.data.DATABASE_URL && !result.data.SECRET_KEY) {
    throw new ConfigError('SECRET_KEY: not given: expected at least 16 characters of text, since DATABASE_URL is set');
  }
  return { config: Object.freeze(result.data), values, origins };
}

/** The settings in force: `default.yaml`, then the file named by `CONFIG`, then the environment; later ones win. */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  return loadSettings(env).config;
}
