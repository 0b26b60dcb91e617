import type { Knex } from 'knex';
import { keepPage, keptList, type PageName } from '../../store/ixapi/pages';
import { IXAPI_FAILURES } from '../../workflows/ixapi/messages';
import { AppError } from '../shared/failure';
import { badVersion } from './errors';
import type { Fetching } from './fetch';
import { isSpoken, notSpoken, versionOf } from './version';

/** What an exchange says about its API, kept with the reading that it belongs to. */

const NAMES = ['implementation', 'health'] as const satisfies readonly PageName[];

type Fields = Readonly<Record<string, unknown>>;

/** Undefined: it was not asked yet. Null: it has no such thing. */
async function kept(knex: Knex, reading: number, name: PageName): Promise<Fields | null | undefined> {
  const { rows, next } = await keptList(knex, reading, name);
  if (next !== undefined) return undefined;
  return (rows.get(name)?.['body'] ?? null) as Fields | null;
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The version, and what the exchange says of its health. */
export async function aboutOf(
  knex: Knex,
  reading: number,
): Promise<{ readonly version: string; readonly health: Fields }> {
  const [implementation, health] = await Promise.all(NAMES.map((name) => kept(knex, reading, name)));
  return { version: versionOf(implementation, health) ?? 'unknown', health: health ?? {} };
}

/**
 * What an exchange says under a path; nothing where there is none, be it the API or a web server that says so. Its health
 * may come with a 503, whose body is not read (draft-inadarei-api-health-check: a failing API may answer so).
 */
async function ask({ get }: Fetching, name: PageName): Promise<Fields | undefined> {
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

/** Asks for what is not kept yet. Fails with `badVersion` for a version that is not spoken here. */
export async function fetchAbout(fetching: Fetching): Promise<void> {
  const { knex, ref } = fetching;
  const { reading } = ref;
  for (const name of NAMES) {
    if ((await kept(knex, reading, name)) !== undefined) continue;
    const body = await ask(fetching, name);
    const rows = body === undefined ? [] : [{ id: name, body }];
    await keepPage(knex, reading, name, { start: 0, rows, is_last: true });
  }
  const { version } = await aboutOf(knex, reading);
  if (!isSpoken(version)) throw badVersion(notSpoken(version));
}
