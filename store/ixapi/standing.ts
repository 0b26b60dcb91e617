import type { Knex } from 'knex';
import { SealedError, type Vault } from '../secrets';
import { EXCHANGE_LAN, type NetworkService } from './documents';
import { linkedExchanges, type LinkedExchange } from './exchange';
import { matchServices } from './match/services';
import { stateOf, type IxapiState } from './world';

/** An exchange that is linked to an object. */
export interface LinkStanding {
  readonly id: number;
  readonly name: string;
  /** Why none of the services that are shown is its LAN; null: one is, or nothing was read yet. */
  readonly mismatch: string | null;
}

/** How an IX-API object fares, as PostgreSQL remembers it. */
export interface IxapiStanding extends Pick<IxapiState, 'problems'> {
  readonly id: number;
  readonly name: string;
  readonly api_url: string;
  readonly identity: string;
  /** When it was last read to the end, ISO 8601; null: never. */
  readonly fetched_at: string | null;
  /** Whether SECRET_KEY does not open its secret; null: that cannot be told. */
  readonly sealed: boolean | null;
  readonly exchanges: readonly LinkStanding[];
  /** The last refresh, if it failed and nothing was read since; `finished` is ISO 8601. */
  readonly failure: { readonly message: string; readonly finished: string } | null;
}

type ObjectRow = Pick<IxapiStanding, 'id' | 'name' | 'api_url' | 'identity'> & { readonly api_secret: number };
type Failure = NonNullable<IxapiStanding['failure']>;

/** Why no service is the LAN, in words: what is said of each that is a LAN at all. */
export function mismatchOf(
  services: readonly {
    readonly id: string;
    readonly type: string;
    readonly match: { readonly matched: boolean; readonly reason: string };
  }[],
): string | null {
  if (services.some(({ match }) => match.matched)) return null;
  const lans = services.filter(({ type }) => type === EXCHANGE_LAN);
  if (lans.length === 0) return `no service of type ${EXCHANGE_LAN} is shown`;
  return lans.map(({ id, match }) => `${id}: ${match.reason}`).join('; ');
}

async function linkOf(knex: Knex, exchange: LinkedExchange, isRead: boolean): Promise<LinkStanding> {
  const { id, name, ix_api } = exchange;
  if (!isRead) return { id, name, mismatch: null };
  const services = await knex<{ ix_api: number; collection: string; id: string }>('ixapi_object')
    .where({ ix_api, collection: 'network_services' })
    .orderBy('id')
    .pluck<NetworkService[]>('document');
  const matches = matchServices(exchange, services);
  const matched = services.flatMap((service, n) => (matches[n] ? [{ ...service, match: matches[n] }] : []));
  return { id, name, mismatch: mismatchOf(matched) };
}

const FAILED = `
  SELECT error->>'message' AS message, finished FROM core_job
  WHERE workflow_id = ANY(CAST(:workflows AS text[])) AND status = 'failed'
    AND (CAST(:since AS timestamptz) IS NULL OR finished > CAST(:since AS timestamptz))
  ORDER BY created DESC LIMIT 1`;

async function isSealed(knex: Knex, vault: Vault, id: number): Promise<boolean> {
  try {
    await vault.open(knex, 'ixapi_secret', id);
    return false;
  } catch (error) {
    if (error instanceof SealedError) return true;
    throw error;
  }
}

/** How all objects fare; `refreshOf` says which workflow refreshes an exchange, by which its jobs are known. */
export async function ixapiStanding(
  knex: Knex,
  vault: Vault | undefined,
  refreshOf: (exchange: number) => string,
): Promise<IxapiStanding[]> {
  const objects = await knex<ObjectRow>('extras_ix_api')
    .orderBy('id')
    .select('id', 'name', 'api_url', 'identity', 'api_secret');
  const standings: IxapiStanding[] = [];
  for (const { api_secret, ...object } of objects) {
    const state = await stateOf(knex, object.id);
    const linked = await linkedExchanges(knex, object.id);
    const exchanges: LinkStanding[] = [];
    for (const exchange of linked) exchanges.push(await linkOf(knex, exchange, state !== undefined));
    const fetched_at = state?.fetched_at ?? null;
    const { rows } = await knex.raw<{ rows: Failure[] }>(FAILED, {
      ...{ workflows: linked.map(({ id }) => refreshOf(id)), since: fetched_at },
    });
    const sealed = vault === undefined ? null : await isSealed(knex, vault, api_secret);
    const problems = state?.problems ?? [];
    standings.push({ ...object, fetched_at, sealed, exchanges, problems, failure: rows[0] ?? null });
  }
  return standings;
}
