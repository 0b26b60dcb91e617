import { IXAPI_FAILURES } from '../../../workflows/ixapi/messages';
import { AppError } from '../../shared/failure';
import { badAddress, badVersion } from '../errors';
import { checkAddress } from '../http/guard';
import type { HttpAnswer, IxapiHttp } from '../http/ask';
import { urlOf } from '../http/url';
import { notSpoken } from '../version';

type Fields = Readonly<Record<string, unknown>>;

/** An address under which an IX-API is, and what it said of itself without a token. */
export interface Base {
  readonly api_url: string;
  readonly implementation: Fields | undefined;
  readonly health: Fields | undefined;
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Where the API of an exchange may be: as it was given, and below that or its server, since people leave that away. */
function candidates(given: string): string[] {
  const { origin, pathname } = new URL(given);
  const address = `${origin}${pathname}`.replace(/\/+$/, '');
  const below = /\/v2$/i.test(address) ? [] : [`${address}/api/v2`];
  return [...new Set([address, ...below, `${origin}/api/v2`])];
}

/** Whether an address is that of version 1 by its own words. */
const isOfVersion1 = (address: string): boolean => /\/v1$/i.test(address);

/** Asks for something; a refusal to find a way is none here, where more than one is tried. */
async function look(
  http: IxapiHttp,
  url: string,
  signal: AbortSignal,
  failures: AppError[],
): Promise<HttpAnswer | undefined> {
  try {
    return await http.ask({ method: 'GET', url }, signal);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // The server does not answer at all: it will not do so under another path.
    if (error.code === IXAPI_FAILURES.throttled) throw error;
    if (error.code === IXAPI_FAILURES.unavailable && error.details['status'] === undefined) throw error;
    failures.push(error);
    return undefined;
  }
}

const fieldsOf = (answer: HttpAnswer | undefined): Fields | undefined =>
  answer?.status === 200 && isFields(answer.body) ? answer.body : undefined;

/** An API that wants to be signed in to; that of a web server is a page. */
const wantsToken = (answer: HttpAnswer | undefined): boolean => answer?.status === 401 && isFields(answer.body);

const isImplementation = (fields: Fields | undefined): boolean => typeof fields?.['schema_version'] === 'string';
/** draft-inadarei-api-health-check-04: `status` is required. */
const isHealth = (fields: Fields | undefined): boolean => typeof fields?.['status'] === 'string';

/** Both are read without a token in 2.1.0. `isSure`: it said what only an IX-API says. */
async function tryBase(
  http: IxapiHttp,
  api_url: string,
  signal: AbortSignal,
  failures: AppError[],
): Promise<(Base & { readonly isSure: boolean }) | undefined> {
  const implementation = await look(http, urlOf(api_url, 'implementation'), signal, failures);
  const health = await look(http, urlOf(api_url, 'health'), signal, failures);
  const said = { implementation: fieldsOf(implementation), health: fieldsOf(health) };
  if (isImplementation(said.implementation) || isHealth(said.health)) return { api_url, ...said, isSure: true };
  const hidden = wantsToken(implementation) || wantsToken(health);
  return hidden ? { api_url, implementation: undefined, health: undefined, isSure: false } : undefined;
}

/** `/customers` is what version 1 called `/accounts`. */
async function isVersion1(http: IxapiHttp, api_url: string, signal: AbortSignal): Promise<boolean> {
  const answer = await look(http, urlOf(api_url, 'customers'), signal, []);
  return wantsToken(answer) || (answer?.status === 200 && Array.isArray(answer.body));
}

/** What to say where none was found: a server that failed, or one that sends us elsewhere, says more than one that has none. */
function nothingFound(tried: readonly string[], failures: readonly AppError[]): AppError {
  const telling = [IXAPI_FAILURES.unavailable, IXAPI_FAILURES.badAddress]
    .map((code) => failures.find((failure) => failure.code === code))
    .find((failure) => failure !== undefined);
  return telling ?? badAddress(`no IX-API answers at ${tried.join(', nor at ')}`);
}

/**
 * Finds the IX-API that an address means. Throws `badVersion` where there is only one of version 1, `unavailable` where
 * the exchange cannot be reached, and `badAddress` where there is none.
 */
export async function findBase(http: IxapiHttp, given: string, signal: AbortSignal): Promise<Base> {
  const wrong = checkAddress(given, true);
  if (wrong !== undefined) throw badAddress(wrong);
  const bases = candidates(given);
  const [first = given] = bases;
  if (isOfVersion1(first)) throw badVersion(notSpoken('1'));
  const failures: AppError[] = [];
  let unsure: Base | undefined;
  for (const api_url of bases) {
    const base = await tryBase(http, api_url, signal, failures);
    if (base?.isSure) return base;
    unsure ??= base;
  }
  if (unsure !== undefined) return unsure;
  const olds = [first, ...bases.filter((base) => base.endsWith('/v2')).map((base) => base.replace(/v2$/, 'v1'))];
  for (const old of new Set(olds)) if (await isVersion1(http, old, signal)) throw badVersion(notSpoken('1'));
  throw nothingFound(bases, failures);
}
