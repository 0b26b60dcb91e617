import { request } from 'undici';
import type { Config } from '../../../config/schema';
import { DatabaseNewerError, pendingMigrations } from '../../../store/migrate';
import { openDatabase } from '../database';
import { findTarget } from '../target';
import { inWords, type Check, type Finding } from './check';
import { checkIxapi } from './ixapi';
import { checkNetbox } from './netbox';
import { checkPagerduty } from './pagerduty';
import { checkTemporal } from './temporal';

const ANSWER_MS = 10_000;

async function checkDatabase({ DATABASE_URL }: Config): Promise<Finding> {
  if (!DATABASE_URL) return { level: 'ok', detail: 'embedded: starts with the product' };
  const store = openDatabase(DATABASE_URL.reveal(), 'doctor');
  try {
    const { rows } = await store.raw<{ rows: { server_version: string }[] }>('SHOW server_version');
    const version = `PostgreSQL ${rows[0]?.server_version ?? ''}`;
    const pending = await pendingMigrations(store);
    if (pending.length === 0) return { level: 'ok', detail: `${version}, up to date` };
    return {
      level: 'warn',
      detail: `${version}, ${pending.length} migrations pending`,
      hint: "a start runs them, 'crossconnect migrate' does it now",
    };
  } catch (error) {
    const hint = 'look at DATABASE_URL, and whether PostgreSQL runs and lets us in';
    return { level: 'fail', detail: inWords(error), ...(error instanceof DatabaseNewerError ? {} : { hint }) };
  } finally {
    await store.destroy();
  }
}

async function checkApi(_config: Config, env: NodeJS.ProcessEnv): Promise<Finding> {
  const target = findTarget(env);
  if (!target) return { level: 'warn', detail: 'crossconnect is not running', hint: "start it with 'npm start'" };
  try {
    const answer = await request(`${target.url}/health/ready`, { signal: AbortSignal.timeout(ANSWER_MS) });
    const text = await answer.body.text();
    if (answer.statusCode === 200) return { level: 'ok', detail: `${target.url} is ready` };
    const hint = 'the log of the product says why';
    return { level: 'fail', detail: `${target.url} answered ${answer.statusCode}: ${text.slice(0, 300)}`, hint };
  } catch (error) {
    return {
      level: 'fail',
      detail: `${target.url} does not answer: ${inWords(error)}`,
      hint: 'is the product running?',
    };
  }
}

/** One small request, which PeeringDB's limits allow at any time. */
async function checkPeeringdb({ PEERINGDB_API, PEERINGDB_API_KEY }: Config): Promise<Finding> {
  const name = PEERINGDB_API;
  try {
    const answer = await request(`${PEERINGDB_API}/org?limit=1`, {
      headers: {
        accept: 'application/json',
        'user-agent': 'crossconnect doctor',
        ...(PEERINGDB_API_KEY ? { authorization: `Api-Key ${PEERINGDB_API_KEY.reveal()}` } : {}),
      },
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    await answer.body.dump();
    const status = answer.statusCode;
    if (status === 200)
      return { level: 'ok', detail: `${name} answers, ${PEERINGDB_API_KEY ? 'with our key' : 'anonymous'}` };
    if (status === 401) return { level: 'fail', detail: `${name} refuses the key`, hint: 'look at PEERINGDB_API_KEY' };
    if (status === 429)
      return { level: 'warn', detail: `${name} answers 429`, hint: 'too many requests: it goes on by itself' };
    return { level: 'warn', detail: `${name} answers ${status}`, hint: 'a firewall between, or PeeringDB itself' };
  } catch (error) {
    // The cache stays as it is meanwhile, so this alone stops nothing.
    return {
      level: 'warn',
      detail: `${name} does not answer: ${inWords(error)}`,
      hint: 'look at the network and PEERINGDB_API',
    };
  }
}

/** Everything the product talks to. */
export const serviceChecks: readonly Check[] = [
  { name: 'database', run: checkDatabase },
  { name: 'temporal', run: checkTemporal },
  { name: 'api', run: checkApi },
  { name: 'peeringdb', run: checkPeeringdb },
  { name: 'netbox', run: checkNetbox },
  { name: 'ix-api', run: checkIxapi },
  { name: 'pagerduty', run: checkPagerduty },
];
