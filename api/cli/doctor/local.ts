import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, resolve } from 'node:path';
import { secretPath } from '../../../config/bootstrap';
import { ConfigError } from '../../../config/config-error';
import { errorCode } from '../../../config/error-code';
import { loadConfig } from '../../../config/load';
import type { Config } from '../../../config/schema';
import { misspeltVariables } from '../../../config/sources';
import { findTarget } from '../target';
import type { Check, Finding, Outcome } from './check';

const LEAST_NODE = [20, 19] as const;
const MIB = 1024 * 1024;
const LEAST_FREE_MIB = 512;
const ENOUGH_FREE_MIB = 4096;

/** Whether this Node is new enough. */
export function checkNode(version: string = process.versions.node): Outcome {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const enough = major > LEAST_NODE[0] || (major === LEAST_NODE[0] && minor >= LEAST_NODE[1]);
  return enough
    ? { name: 'node', level: 'ok', detail: version }
    : { name: 'node', level: 'fail', detail: version, hint: `install Node ${LEAST_NODE.join('.')} or newer` };
}

/** Whether the settings can be used; without them nothing else can be checked. */
export function checkSettings(env: NodeJS.ProcessEnv): { readonly config?: Config; readonly outcome: Outcome } {
  try {
    const config = loadConfig(env);
    const misspelt = misspeltVariables(env)[0];
    const outcome: Outcome = misspelt
      ? {
          name: 'settings',
          level: 'warn',
          detail: `${misspelt.name} is not a setting`,
          hint: `did you mean ${misspelt.meant}?`,
        }
      : { name: 'settings', level: 'ok', detail: env['CONFIG'] ? `good, with ${env['CONFIG']}` : 'good' };
    return { config, outcome };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { outcome: { name: 'settings', level: 'fail', detail: error.message.replaceAll('\n', '; ') } };
  }
}

/** The folder itself, or the nearest one above it that exists. */
function existing(path: string): string {
  return existsSync(path) ? path : existing(dirname(path));
}

function checkDataDir({ DATA_DIR }: Config): Finding {
  const dir = resolve(DATA_DIR);
  try {
    accessSync(existing(dir), constants.W_OK | constants.X_OK);
  } catch (error) {
    return {
      level: 'fail',
      detail: `${dir} cannot be written (${errorCode(error)})`,
      hint: 'make it ours with chown, or set DATA_DIR to another folder',
    };
  }
  for (const file of ['token', 'secret-key'] as const) {
    const path = secretPath(dir, file);
    if (existsSync(path) && (statSync(path).mode & 0o077) !== 0) {
      return { level: 'warn', detail: `${path} can be read by others`, hint: `run chmod 600 ${path}` };
    }
  }
  return { level: 'ok', detail: existsSync(dir) ? dir : `${dir}, made at the first start` };
}

async function checkDisk({ DATA_DIR }: Config): Promise<Finding> {
  const dir = existing(resolve(DATA_DIR));
  const { bavail, bsize } = await statfs(dir);
  const free = Math.floor((bavail * bsize) / MIB);
  const detail = `${free} MiB free in ${dir}`;
  if (free < LEAST_FREE_MIB) return { level: 'fail', detail, hint: `make room: at least ${LEAST_FREE_MIB} MiB` };
  if (free < ENOUGH_FREE_MIB) return { level: 'warn', detail, hint: `${ENOUGH_FREE_MIB} MiB are comfortable` };
  return { level: 'ok', detail };
}

const listenError = (port: number, host: string): Promise<string | undefined> =>
  new Promise((done) => {
    const server = createServer();
    server.once('error', (error) => done(errorCode(error)));
    server.listen(port, host, () => server.close(() => done(undefined)));
  });

async function checkPorts(config: Config, env: NodeJS.ProcessEnv): Promise<Finding> {
  if (findTarget(env)?.pid !== undefined) return { level: 'ok', detail: 'held by the running product' };
  const ports = [
    { setting: 'PORT', port: config.PORT, host: config.HOST },
    ...(config.TEMPORAL_ADDRESS
      ? []
      : [{ setting: 'TEMPORAL_UI_PORT', port: config.TEMPORAL_UI_PORT, host: '127.0.0.1' }]),
  ];
  for (const { setting, port, host } of ports) {
    const code = await listenError(port, host);
    if (code !== undefined) {
      return {
        level: 'fail',
        detail: `${host} port ${port} cannot be used (${code})`,
        hint: `end what uses it, or set ${setting} to another one`,
      };
    }
  }
  return { level: 'ok', detail: `${ports.map(({ port }) => port).join(' and ')} free` };
}

/** What can be said about this machine alone. */
export const localChecks: readonly Check[] = [
  { name: 'data', run: checkDataDir },
  { name: 'disk', run: checkDisk },
  { name: 'ports', run: checkPorts },
];
