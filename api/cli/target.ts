import { join, resolve } from 'node:path';
import { readSecret } from '../../config/bootstrap';
import { loadSettings } from '../../config/load';
import { readRunFile } from '../../config/run-file';
import type { Config } from '../../config/schema';
import type { Secret } from '../../config/secret';
import { CliError } from './exit';

const ROOT = join(__dirname, '..', '..');

/** Where a product is. */
export interface Target {
  readonly url: string;
  /** Set when the product was found running on this machine. */
  readonly pid?: number;
  readonly dataDir: string;
  readonly config: Config;
}

/** The folders in which a product of these settings keeps its data, the likeliest first. */
function dataDirs(env: NodeJS.ProcessEnv): { config: Config; dirs: readonly string[] } {
  const { config, origins } = loadSettings(env);
  const dirs = [resolve(config.DATA_DIR)];
  // `npm start` runs in the clone, the CLI anywhere: the default is looked for there too.
  if (origins.DATA_DIR === 'default') dirs.push(resolve(ROOT, config.DATA_DIR));
  return { config, dirs: [...new Set(dirs)] };
}

/** The product: named by `CROSSCONNECT_URL`, else the one running on this machine, else `PUBLIC_URL`. */
export function findTarget(env: NodeJS.ProcessEnv): Target | undefined {
  const { config, dirs } = dataDirs(env);
  const named = env['CROSSCONNECT_URL'];
  if (named) {
    if (!/^https?:\/\//.test(named) || !URL.canParse(named)) {
      throw new CliError(`CROSSCONNECT_URL: '${named}' is not usable: expected an http:// or https:// address`);
    }
    return { url: named.replace(/\/+$/, ''), dataDir: dirs[0] ?? '', config };
  }
  for (const dataDir of dirs) {
    const run = readRunFile(dataDir);
    if (run) return { url: run.url.replace(/\/+$/, ''), pid: run.pid, dataDir, config };
  }
  return config.PUBLIC_URL === undefined ? undefined : { url: config.PUBLIC_URL, dataDir: dirs[0] ?? '', config };
}

/** Like {@link findTarget}; when there is none, one sentence that says so and what to do. */
export function requireTarget(env: NodeJS.ProcessEnv): Target {
  const target = findTarget(env);
  if (target) return target;
  const where = dataDirs(env).dirs.join(' and ');
  throw new CliError(
    `crossconnect is not running (looked in ${where}): start it with 'npm start', or name one with CROSSCONNECT_URL and API_TOKEN`,
  );
}

/** The token to ask a product with: `API_TOKEN`, else the one that the product generated beside its data. */
export function requireToken(target: Target): Secret {
  const token = target.config.API_TOKEN ?? readSecret(target.dataDir, 'token');
  if (token) return token;
  throw new CliError(
    `there is no token for ${target.url}: set API_TOKEN, or DATA_DIR to the folder that holds 'token'`,
  );
}
