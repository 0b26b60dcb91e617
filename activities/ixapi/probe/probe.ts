import type { Knex } from 'knex';
import type { Secret } from '../../../config/secret';
import { answerProbe, openProbe, type ProbeAnswer } from '../../../store/ixapi/object/probes';
import type { RawRow } from '../../../store/ixapi/reading/raw';
import { SealedError, type Vault } from '../../../store/secrets';
import { IXAPI_FAILURES } from '../../../workflows/ixapi/messages';
import { AppError } from '../../shared/failure';
import { askWith, meaningOf } from '../client';
import { badVersion } from '../errors';
import { findBase, type Base } from './find-base';
import { signInWith, type Credentials } from '../sign-in/grant';
import type { IxapiHttp } from '../http/ask';
import { readIdentities, textOf } from './identities';
import type { Get } from '../reading/lists';
import { isSpoken, notSpoken, versionOf } from '../version';

/** What a probe works with. */
export interface ProbeDeps {
  readonly knex: Knex;
  readonly vault: Vault;
  readonly http: IxapiHttp;
  /** For all of it, milliseconds. */
  readonly timeoutMs?: number;
}

/** A person waits for it, and the workflow not much longer. */
const TIMEOUT_MS = 45_000;

type Fields = Readonly<Record<string, unknown>>;
type Refused = Extract<ProbeAnswer, { ok: false }>;

const refused = (field: Refused['field'], reason: string): Refused => ({ ok: false, field, reason });

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Something that an exchange may not have, or may not show to us; a server that fails says neither. */
async function perhaps(get: Get, path: string): Promise<Fields | undefined> {
  try {
    const body = (await get(path, []))?.body;
    return isFields(body) ? body : undefined;
  } catch (error) {
    if (error instanceof AppError && TELLING.includes(error.code)) return undefined;
    throw error;
  }
}

const TELLING: readonly string[] = [IXAPI_FAILURES.forbidden, IXAPI_FAILURES.badAnswer, IXAPI_FAILURES.badAddress];

/** A service that is not well may say so with 503 (draft-inadarei-api-health-check-04), which is no obstacle here. */
async function healthOf(get: Get): Promise<Fields | undefined> {
  try {
    return await perhaps(get, 'health');
  } catch (error) {
    if (error instanceof AppError && error.details['status'] !== undefined) return undefined;
    throw error;
  }
}

function ownAccount(fields: Fields | undefined): RawRow | undefined {
  const id = textOf(fields?.['id']) ?? '';
  return id === '' ? undefined : { ...fields, id };
}

function checkVersion({ implementation, health }: Pick<Base, 'implementation' | 'health'>): string {
  const version = versionOf(implementation, health) ?? 'unknown';
  if (!isSpoken(version)) throw badVersion(notSpoken(version));
  return version;
}

interface SignedIn extends Base {
  readonly token: Secret;
  readonly secrets: readonly Secret[];
}

async function signInAt(http: IxapiHttp, credentials: Credentials, signal: AbortSignal): Promise<SignedIn> {
  const base = await findBase(http, credentials.api_url, signal);
  checkVersion(base);
  const { access, refresh } = await signInWith(http, { ...credentials, api_url: base.api_url }, signal);
  const { api_secret } = credentials;
  return { ...base, token: access, secrets: refresh === undefined ? [api_secret] : [api_secret, refresh] };
}

/** What the exchange did not say without a token, and which accounts are ours. */
async function lookAround(http: IxapiHttp, there: SignedIn, signal: AbortSignal): Promise<ProbeAnswer> {
  const { api_url, token } = there;
  const get: Get = async (path, parameters) => meaningOf(await askWith(http, there, path, parameters, signal));
  const implementation = there.implementation ?? (await perhaps(get, 'implementation'));
  const health = there.health ?? (await healthOf(get));
  const version = checkVersion({ implementation, health });
  const identities = await readIdentities(get, token.reveal(), ownAccount(await perhaps(get, 'account')));
  return { ok: true, api_url, version, health: health ?? null, identities };
}

/** Which of the three a person has to look at; `keyed` where the exchange refuses what we may. */
function blame(error: AppError, keyed: Refused['field']): Refused {
  if (error.code === IXAPI_FAILURES.forbidden) return refused(keyed, error.message);
  const isAway = error.code === IXAPI_FAILURES.unavailable;
  return refused('api_url', isAway ? `it cannot be reached: ${error.message}` : error.message);
}

async function tryThere(http: IxapiHttp, credentials: Credentials, signal: AbortSignal): Promise<ProbeAnswer> {
  let keyed: Refused['field'] = 'api_secret';
  try {
    const there = await signInAt(http, credentials, signal);
    keyed = 'api_key';
    return await lookAround(http, there, signal);
  } catch (error) {
    if (error instanceof AppError) return blame(error, keyed);
    throw error;
  }
}

/** What stands sealed in a probe; undefined: it is gone. */
async function accessOf({ knex, vault }: ProbeDeps, id: string): Promise<Credentials | Refused | undefined> {
  try {
    return await openProbe(knex, vault, id);
  } catch (error) {
    if (!(error instanceof SealedError)) throw error;
    return refused('api_secret', 'it does not open: give it again, or set the SECRET_KEY that it was kept with');
  }
}

/** Tries the address, the key and the secret of a probe, and writes down what came of it. Nothing of that is kept. */
export async function probe(deps: ProbeDeps, id: string, signal: AbortSignal): Promise<void> {
  const access = await accessOf(deps, id);
  if (access === undefined) return;
  const { timeoutMs = TIMEOUT_MS } = deps;
  const timeout = AbortSignal.timeout(timeoutMs);
  const trying = 'ok' in access ? access : tryThere(deps.http, access, AbortSignal.any([timeout, signal]));
  const answer = await Promise.resolve(trying).catch((error: unknown): Refused => {
    if (signal.aborted || !timeout.aborted) throw error;
    return refused('api_url', `it cannot be reached: it had not told all after ${timeoutMs / 1000} s`);
  });
  await answerProbe(deps.knex, id, answer);
}
