import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError } from './config-error';
import { nearest } from './nearest';
import { isSecretName, isSettingName, SECRET_NAMES, SETTING_NAMES, type SettingName } from './schema';
import { readYamlFile } from './yaml-file';

/** Values as they were given, by setting: text from the environment, whatever YAML can hold from a file. */
export type RawValues = Record<string, unknown>;

/** Where a setting's value came from, in words for people. */
export type Origins = Partial<Record<SettingName, string>>;

/** What all sources together say. */
export interface Gathered {
  readonly values: RawValues;
  readonly origins: Origins;
}

const FILE_SUFFIX = '_FILE';
const secretOfFile = (name: string): string | undefined => {
  const secret = name.endsWith(FILE_SUFFIX) ? name.slice(0, -FILE_SUFFIX.length) : '';
  return isSecretName(secret) ? secret : undefined;
};

function refuseUnknown(values: RawValues, file: string): void {
  const unknown = Object.keys(values).filter((name) => !isSettingName(name) && secretOfFile(name) === undefined);
  if (unknown.length === 0) return;
  const lines = unknown.map((name) => {
    const hint = nearest(name, SETTING_NAMES);
    return `${name}: not a setting (in ${file})${hint === undefined ? '' : `; did you mean ${hint}?`}`;
  });
  throw new ConfigError(lines.join('\n'));
}

/** Only what is ours; an empty variable is how compose files say "not set". */
function fromEnvironment(env: NodeJS.ProcessEnv): RawValues {
  const names = [...SETTING_NAMES, ...SECRET_NAMES.map((name) => name + FILE_SUFFIX)];
  return Object.fromEntries(names.filter((name) => env[name]).map((name) => [name, env[name]]));
}

/** Replaces `NAME_FILE` by the secret `NAME` that is in that file. */
function readSecretFiles(values: RawValues): RawValues {
  const result: RawValues = { ...values };
  for (const name of SECRET_NAMES) {
    const key = name + FILE_SUFFIX;
    const file = values[key];
    if (file === undefined) continue;
    if (typeof file !== 'string') throw new ConfigError(`${key}: expected a file's path`);
    if (values[name] !== undefined) throw new ConfigError(`${key}: ${name} is given too; give one of them`);
    try {
      result[name] = readFileSync(file, 'utf8').trim();
    } catch (error) {
      throw new ConfigError(`${key}: '${file}' cannot be read: expected a file that holds the secret`, {
        cause: error,
      });
    }
    Reflect.deleteProperty(result, key);
  }
  return result;
}

/**
 * `default.yaml`, then the file named by `CONFIG`, then the environment; later ones win. Within one source a secret is
 * given either by itself or by its file, and either form replaces both forms of an earlier source.
 * Throws {@link ConfigError} for unknown keys of the file and for files that cannot be read.
 */
export function gather(env: NodeJS.ProcessEnv): Gathered {
  const sources = [{ from: 'default', values: readYamlFile(join(__dirname, 'default.yaml')) }];
  const file = env['CONFIG'];
  if (file) {
    const own = readYamlFile(file);
    refuseUnknown(own, file);
    sources.push({ from: file, values: own });
  }
  sources.push({ from: 'environment', values: fromEnvironment(env) });

  const values: RawValues = {};
  const origins: Origins = {};
  for (const source of sources) {
    for (const [name, value] of Object.entries(readSecretFiles(source.values))) {
      if (!isSettingName(name)) continue;
      values[name] = value;
      const secretFile = source.values[name + FILE_SUFFIX];
      origins[name] = typeof secretFile === 'string' ? `${source.from}, in ${secretFile}` : source.from;
    }
  }
  return { values, origins };
}

/** Names of variables that look like misspelt settings, each with the setting that was probably meant. */
export function misspeltVariables(env: NodeJS.ProcessEnv): { readonly name: string; readonly meant: SettingName }[] {
  return Object.keys(env).flatMap((name) => {
    if (isSettingName(name) || secretOfFile(name) !== undefined) return [];
    const meant = nearest(name, SETTING_NAMES, 0.85);
    return meant !== undefined && isSettingName(meant) ? [{ name, meant }] : [];
  });
}
