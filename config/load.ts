import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { z } from 'zod';
import { configSchema, SECRET_NAMES, settings, type Config, type SettingName } from './schema';

const DEFAULT_PEERINGDB_API = 'https://www.peeringdb.com/api';
const DEFAULT_PEERINGDB_CACHE_URL = 'https://public.peeringdb.com';
const ANONYMOUS_REQUESTS_PER_MINUTE = 20;
const AUTHENTICATED_REQUESTS_PER_MINUTE = 40;

/** Thrown when settings are wrong. Its message is one line a setting: key, value (never a secret's), what was expected. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

type Values = Record<string, unknown>;

const isSetting = (name: string): name is SettingName => Object.hasOwn(settings, name);
const isSecret = (name: string): boolean => SECRET_NAMES.some((secret) => secret === name);

/** The known setting most like a misspelt one, by shared leading and contained letters. */
function nearest(name: string): string | undefined {
  const pairs = (word: string): Set<string> =>
    new Set(Array.from({ length: word.length - 1 }, (_, i) => word.slice(i, i + 2)));
  const wanted = pairs(name.toUpperCase());
  const score = (known: string): number => {
    const have = pairs(known);
    return (2 * [...wanted].filter((pair) => have.has(pair)).length) / (wanted.size + have.size);
  };
  const best = Object.keys(settings).sort((a, b) => score(b) - score(a))[0];
  return best !== undefined && score(best) > 0.5 ? best : undefined;
}

function readYaml(file: string): Values {
  let parsed: unknown;
  try {
    parsed = parse(readFileSync(file, 'utf8')) as unknown;
  } catch (error) {
    throw new ConfigError(
      `CONFIG: '${file}' cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      {
        cause: error,
      },
    );
  }
  if (parsed === null || parsed === undefined) return {};
  if (typeof parsed !== 'object' || Array.isArray(parsed))
    throw new ConfigError(`CONFIG: '${file}' is not a map of settings`);
  return parsed as Values;
}

/** `NAME_FILE` names a file that holds the secret `NAME`. */
function readSecretFiles(values: Values): Values {
  const result: Values = { ...values };
  for (const name of SECRET_NAMES) {
    const file = values[`${name}_FILE`];
    if (file === undefined) continue;
    if (typeof file !== 'string') throw new ConfigError(`${name}_FILE: expected a file's path`);
    if (values[name] !== undefined) throw new ConfigError(`${name}_FILE: ${name} is given too; give one of them`);
    try {
      result[name] = readFileSync(file, 'utf8').trim();
    } catch (error) {
      throw new ConfigError(`${name}_FILE: '${file}' cannot be read`, { cause: error });
    }
    Reflect.deleteProperty(result, `${name}_FILE`);
  }
  return result;
}

function refuseUnknown(values: Values, file: string): void {
  for (const name of Object.keys(values)) {
    if (isSetting(name) || (name.endsWith('_FILE') && isSecret(name.slice(0, -5)))) continue;
    const hint = nearest(name);
    throw new ConfigError(`${name}: not a setting (in ${file})${hint === undefined ? '' : `; did you mean ${hint}?`}`);
  }
}

function fromEnvironment(env: NodeJS.ProcessEnv): Values {
  const names = [...Object.keys(settings), ...SECRET_NAMES.map((name) => `${name}_FILE`)];
  // An empty variable is how compose files say "not set".
  return Object.fromEntries<string | undefined>(
    names.map((name) => [name, env[name]]).filter(([, value]) => value !== undefined && value !== ''),
  );
}

function describe(issue: z.core.$ZodIssue, values: Values): string {
  const name = String(issue.path[0]);
  const shown = isSecret(name) ? '' : ` ${JSON.stringify(values[name])}`;
  return `${name}:${shown} is not usable: ${issue.message}`;
}

/** Defaults that depend on other settings. */
function derive(values: Values): Values {
  const anonymous = values['PEERINGDB_API_KEY'] === undefined;
  return {
    PEERINGDB_RATE_LIMIT: anonymous ? ANONYMOUS_REQUESTS_PER_MINUTE : AUTHENTICATED_REQUESTS_PER_MINUTE,
    ...(values['PEERINGDB_API'] === DEFAULT_PEERINGDB_API ? { PEERINGDB_CACHE_URL: DEFAULT_PEERINGDB_CACHE_URL } : {}),
    ...values,
  };
}

/**
 * The settings in force: `default.yaml`, then the file named by `CONFIG`, then the environment; later ones win.
 * Throws {@link ConfigError} with a line for every wrong value.
 */
export function loadConfig(env: NodeJS.ProcessEnv = process.env): Config {
  const defaults = readYaml(join(__dirname, 'default.yaml'));
  const own = env['CONFIG'] ? readYaml(env['CONFIG']) : {};
  refuseUnknown(own, env['CONFIG'] ?? '');
  const environment = fromEnvironment(env);
  // A secret from the environment replaces the file's, in whichever of the two forms either is given.
  for (const name of SECRET_NAMES) {
    if (environment[name] === undefined && environment[`${name}_FILE`] === undefined) continue;
    Reflect.deleteProperty(own, name);
    Reflect.deleteProperty(own, `${name}_FILE`);
  }
  const values = derive(readSecretFiles({ ...defaults, ...own, ...environment }));
  const result = configSchema.safeParse(values);
  if (!result.success) throw new ConfigError(result.error.issues.map((issue) => describe(issue, values)).join('\n'));
  if (result.data.DATABASE_URL && !result.data.SECRET_KEY) {
    throw new ConfigError('SECRET_KEY: not given: expected at least 16 characters of text, since DATABASE_URL is set');
  }
  return Object.freeze(result.data);
}
