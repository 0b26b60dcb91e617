import { IXAPI_FAILURES } from '../../../workflows/ixapi/messages';
import { AppError } from '../../shared/failure';
import { badVersion } from '../errors';
import type { Get } from './lists';
import { isSpoken, notSpoken, versionOf } from '../version';

type Fields = Readonly<Record<string, unknown>>;

/** What an exchange says about its API. */
export interface About {
  readonly version: string;
  readonly health: Fields;
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * What an exchange says under a path; nothing where there is none, be it the API or a web server that says so. Its health
 * may come with a 503, whose body is not read (draft-inadarei-api-health-check: a failing API may answer so).
 */
async function ask(get: Get, name: 'implementation' | 'health'): Promise<Fields | undefined> {
  try {
    const body = (await get(name, []))?.body;
    return isFields(body) ? body : undefined;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    if (error.code === IXAPI_FAILURES.badAddress) return undefined;
    if (name === 'health' && error.details['status'] !== undefined) return { status: 'fail', output: error.message };
    throw error;
  }
}

/** Asks for it. Fails with `badVersion` for a version that is not spoken here. */
export async function fetchAbout(get: Get): Promise<About> {
  const [implementation, health] = await Promise.all([ask(get, 'implementation'), ask(get, 'health')]);
  const version = versionOf(implementation, health) ?? 'unknown';
  if (!isSpoken(version)) throw badVersion(notSpoken(version));
  return { version, health: health ?? {} };
}
