import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import { ConfigError } from './config-error';
import { errorCode } from './error-code';

/**
 * The map of settings in a YAML file; a setting without a value counts as absent. Throws {@link ConfigError}, which
 * quotes nothing of the file: the line at fault may hold a secret, so neither the parser's excerpt nor its message is used.
 */
export function readYamlFile(file: string): Record<string, unknown> {
  const lineCounter = new LineCounter();
  const document = parseDocument(readText(file), { prettyErrors: false, lineCounter, logLevel: 'silent' });
  const fault = document.errors[0];
  if (fault) {
    const { line, col } = lineCounter.linePos(fault.pos[0]);
    const what = fault.code.toLowerCase().replaceAll('_', ' ');
    throw new ConfigError(`CONFIG: '${file}' is not usable YAML: line ${line}, column ${col}: ${what}`);
  }
  const value = toValue(document, file);
  if (value === null || value === undefined) return {};
  if (typeof value !== 'object' || Array.isArray(value)) {
    throw new ConfigError(`CONFIG: '${file}' is not a map: expected lines like 'PORT: 8080'`);
  }
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== null));
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(`CONFIG: '${file}' cannot be read (${errorCode(error)}): expected a YAML file`, {
      cause: error,
    });
  }
}

function toValue(document: ReturnType<typeof parseDocument>, file: string): unknown {
  try {
    return document.toJS() as unknown;
  } catch {
    // An alias without its anchor, or one that expands beyond measure.
    throw new ConfigError(`CONFIG: '${file}' is not usable YAML: an alias leads nowhere`);
  }
}
