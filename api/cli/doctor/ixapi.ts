import { Cron } from 'croner';
import type { Config } from '../../../config/schema';
import { ageOf } from '../../../store/age';
import type { IxapiStanding } from '../../../store/ixapi/standing';
import { CliError } from '../exit';
import { createApiClient, type ApiClient } from '../http';
import { IX_APIS } from '../named-record';
import { findTarget, requireToken } from '../target';
import { found, inWords, type Finding } from './check';
import { isPrivate, tryObject } from './ixapi-ask';
import { keptOfIxapi } from './ixapi-kept';

/** What is kept and the exchange have to answer within the time of a check, one after the other. */
const ANSWER_MS = 6_000;
/** Starts of a schedule that are looked at for its longest pause: an uneven one shows it within these. */
const STARTS = 50;
const LATE = 2;

/** Seconds after which what is read by a schedule is late: twice its longest pause. */
function lateAfter(cron: string, now: Date): number {
  const starts = new Cron(cron, { mode: '5-part', paused: true, timezone: 'UTC' }).nextRuns(STARTS, now);
  const pauses = starts.slice(1).map((start, n) => start.getTime() - (starts[n]?.getTime() ?? 0));
  return (LATE * Math.max(...pauses, 0)) / 1_000;
}

function checkSealed({ id, sealed }: IxapiStanding): Finding[] {
  if (sealed !== true) return [];
  const hint = `restore the SECRET_KEY that sealed it, or give it again: PATCH ${IX_APIS.path}${id}/`;
  return [found('fail', 'SECRET_KEY does not open its secret', hint)];
}

function checkAge({ fetched_at, exchanges }: IxapiStanding, { IXAPI_SCHEDULE }: Config, now: Date): Finding {
  const [exchange] = exchanges;
  if (exchange === undefined)
    return found('ok', 'no internet exchange is linked to it: it is not read', "'crossconnect ixapi link' links one");
  const hint = `'crossconnect ixapi refresh ${exchange.id}' reads it; 'crossconnect schedule list' shows whether ixapi is paused`;
  const age = ageOf(fetched_at, now);
  if (fetched_at === null || age === null) return found('warn', 'it was never read to the end', hint);
  const detail = `it was last read at ${fetched_at}`;
  if (age <= lateAfter(IXAPI_SCHEDULE, now)) return found('ok', detail);
  return found('warn', `${detail}, although IXAPI_SCHEDULE is ${IXAPI_SCHEDULE}`, hint);
}

function checkFailure({ failure }: IxapiStanding): Finding[] {
  if (failure === null) return [];
  return [found('warn', `the last refresh failed at ${failure.finished}: ${failure.message}`)];
}

function checkProblems({ problems, exchanges }: IxapiStanding): Finding[] {
  const [first] = problems;
  if (first === undefined) return [];
  const which = `${first.list} ${first.id}: ${first.reason}`;
  const detail =
    problems.length === 1
      ? `a row could not be read: ${which}`
      : `${problems.length} rows could not be read, such as ${which}`;
  return [
    found(
      'warn',
      detail,
      `tell the exchange; 'crossconnect ixapi show ${exchanges[0]?.id ?? 'ID'} -f json' has all of them`,
    ),
  ];
}

const checkLinks = ({ exchanges }: IxapiStanding): Finding[] =>
  exchanges.flatMap(({ id, name, mismatch }) =>
    mismatch === null
      ? []
      : [
          found(
            'warn',
            `no service is the LAN of internet exchange ${id} (${name}): ${mismatch}`,
            'look at its peeringdb_ixlan, or link it to another object',
          ),
        ],
  );

/** Whether the product would refuse to reach it, or would not have to be allowed to. */
async function checkPrivate({ api_url }: IxapiStanding, { IXAPI_ALLOW_PRIVATE }: Config): Promise<Finding[]> {
  if (IXAPI_ALLOW_PRIVATE || (await isPrivate(api_url)) !== true) return [];
  const hint = 'set IXAPI_ALLOW_PRIVATE for the workers, if it is meant to be';
  return [found('fail', `${api_url} is no public address, and is not asked`, hint)];
}

async function examine(
  standing: IxapiStanding,
  config: Config,
  client: ApiClient | undefined,
  now: Date,
): Promise<Finding[]> {
  const refused = [...checkSealed(standing), ...(await checkPrivate(standing, config))];
  const tried = refused.length > 0 || client === undefined ? [] : [await tryObject(client, standing)];
  const findings = [
    ...[...refused, ...tried, checkAge(standing, config, now), ...checkFailure(standing)],
    ...[...checkProblems(standing), ...checkLinks(standing)],
  ];
  return findings.map((finding) => ({ ...finding, detail: `${standing.name}: ${finding.detail}` }));
}

/** Who may write objects could have the product ask whatever is in its network. */
async function checkAllowed(standings: readonly IxapiStanding[], { IXAPI_ALLOW_PRIVATE }: Config): Promise<Finding[]> {
  if (!IXAPI_ALLOW_PRIVATE) return [];
  const needed = await Promise.all(standings.map(({ api_url }) => isPrivate(api_url)));
  if (needed.some((one) => one !== false)) return [];
  return [found('warn', 'IXAPI_ALLOW_PRIVATE is true, and no object needs it', 'leave it out')];
}

/** Who asks the running product; undefined: there is none, or the database says enough without it. */
function clientFor({ DATABASE_URL }: Config, env: NodeJS.ProcessEnv): ApiClient | undefined {
  const target = findTarget(env);
  if (!target) return undefined;
  try {
    return createApiClient(target.url, requireToken(target), ANSWER_MS);
  } catch (error) {
    if (DATABASE_URL && error instanceof CliError) return undefined;
    throw error;
  }
}

/** Whether IX-API objects can be read, were read lately, and show the exchanges that are linked to them. */
export async function checkIxapi(config: Config, env: NodeJS.ProcessEnv): Promise<Finding[]> {
  try {
    const client = clientFor(config, env);
    const standings = await keptOfIxapi(config, client);
    if (standings === undefined) return [found('ok', 'IX-API objects are seen only while the product runs')];
    if (standings.length === 0) return [found('ok', 'off: there is no IX-API object')];
    const now = new Date();
    const examined = await Promise.all(standings.map((standing) => examine(standing, config, client, now)));
    return [...examined.flat(), ...(await checkAllowed(standings, config))];
  } catch (error) {
    return [found('warn', `IX-API objects cannot be seen: ${inWords(error)}`)];
  }
}
