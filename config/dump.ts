import { stringify } from 'yaml';
import type { Settings } from './load';
import { isSecretName, SETTING_NAMES } from './schema';

/** JSON is YAML too, and keeps the line breaks of a certificate on one line. */
const onOneLine = (value: unknown): string =>
  typeof value === 'string' && value.includes('\n')
    ? JSON.stringify(value)
    : stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim();

/**
 * The settings in force as YAML that `CONFIG` could name, each with its origin as a comment. Secrets, and settings that
 * have no value, are comments altogether.
 */
export function dumpSettings({ config, values, origins }: Settings): string {
  const lines = SETTING_NAMES.map((name) => {
    if (config[name] === undefined) return `# ${name}: not set`;
    const origin = origins[name] ?? 'default';
    if (isSecretName(name)) return `# ${name}: [redacted] (${origin})`;
    return `${name}: ${onOneLine(values[name])} # ${origin}`;
  });
  return `${lines.join('\n')}\n`;
}
