import type { Knex } from 'knex';
import type { Secret } from '../../../config/secret';
import { findIxApi, type IxApi } from '../../../store/ixapi/object/objects';
import {
  findTokens,
  keepTokens,
  lockSignIn,
  type KeptTokens,
  type TokenPair,
} from '../../../store/ixapi/object/tokens';
import { SealedError, type Vault } from '../../../store/secrets';
import { notLinked, sealed } from '../errors';
import { refreshWith, signInWith } from './grant';
import type { IxapiHttp } from '../http/ask';
import { usedUntil } from './jwt';

/** What an object is asked with, and where: a token is for no other address. */
export interface IxapiAccess {
  readonly api_url: string;
  readonly token: Secret;
  /** What else of ours the exchange knows, and may repeat in an error. */
  readonly secrets: readonly Secret[];
  /** Until when it is used, ISO 8601 by our clock; null: until it is refused. */
  readonly until: string | null;
  /** Which of the object's tokens it is; later ones are higher. */
  readonly generation: number;
}

export interface SignIn {
  /**
   * A token that is good, as far as is known. `rejected`: the generation that the exchange refused although it should have
   * been good; there will be another one. Throws the errors of `errors.ts`.
   */
  accessFor(ix_api: number, signal: AbortSignal, rejected?: number): Promise<IxapiAccess>;
  /** Waits until nobody is signing in from here. */
  settle(): Promise<void>;
}

export interface SignInDeps {
  readonly knex: Knex;
  readonly vault: Vault;
  readonly clock: () => Date;
  readonly http: IxapiHttp;
}

export const isPast = (until: string | null, now: Date): boolean =>
  until !== null && Date.parse(until) <= now.getTime();

async function objectOf(knex: Knex, ix_api: number): Promise<IxApi> {
  const found = await findIxApi(knex, ix_api);
  if (found === undefined) throw notLinked(`there is no IX-API object ${ix_api}`);
  return found;
}

async function secretOf(knex: Knex, vault: Vault, { id, api_secret }: IxApi): Promise<Secret> {
  try {
    return await vault.open(knex, 'ixapi_secret', api_secret);
  } catch (error) {
    if (!(error instanceof SealedError)) throw error;
    throw sealed(`the api_secret of IX-API object ${id} does not open: expected the SECRET_KEY that it was kept with`);
  }
}

/** Waits for work that goes on without whoever gives up waiting. */
async function whileWanted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const given = new AbortController();
  const up = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { signal: given.signal, once: true });
  });
  return Promise.race([work, up]).finally(() => given.abort());
}

/** A request of a new pair has the deadline of `http`, and nobody who may give up: others wait for it too. */
const NEVER = new AbortController().signal;

/** Renews a pair while nobody else does: another process may have done so while this one waited for its turn. */
function renew({ knex, vault, clock, http }: SignInDeps, ix_api: number, rejected?: number): Promise<IxapiAccess> {
  const newPair = async (
    ixApi: IxApi,
    api_secret: Secret,
    old: KeptTokens | undefined,
    now: Date,
  ): Promise<TokenPair> => {
    const { api_url, api_key } = ixApi;
    const secrets = old === undefined ? [api_secret] : [api_secret, ...secretsOf(old)];
    const canRefresh = old?.generation !== rejected && !isPast(old?.refresh_until ?? null, now);
    const refreshed =
      canRefresh && old?.refresh ? await refreshWith(http, api_url, old.refresh, secrets, NEVER) : undefined;
    return refreshed ?? signInWith(http, { api_url, api_key, api_secret, secrets }, NEVER);
  };
  return knex.transaction(async (trx) => {
    await lockSignIn(trx, ix_api);
    const ixApi = await objectOf(trx, ix_api);
    const api_secret = await secretOf(trx, vault, ixApi);
    const old = await findTokens(trx, vault, ixApi);
    const now = clock();
    if (isUsable(old, rejected, now)) return accessOf(ixApi, old, api_secret);
    const { access, refresh } = await newPair(ixApi, api_secret, old, now);
    const access_until = usedUntil(access.reveal(), now);
    const generation = await keepTokens(trx, vault, ixApi, {
      ...{ access, refresh, access_until },
      refresh_until: refresh === undefined ? null : usedUntil(refresh.reveal(), now),
    });
    return accessOf(ixApi, { access, refresh, access_until, generation }, api_secret);
  });
}

const isUsable = (kept: KeptTokens | undefined, rejected: number | undefined, now: Date): kept is KeptTokens =>
  kept !== undefined && kept.generation !== rejected && !isPast(kept.access_until, now);

const secretsOf = ({ access, refresh }: TokenPair): Secret[] => (refresh === undefined ? [access] : [access, refresh]);

const accessOf = (
  { api_url }: IxApi,
  { access_until, generation, ...pair }: TokenPair & Pick<KeptTokens, 'access_until' | 'generation'>,
  api_secret: Secret,
): IxapiAccess => ({
  ...{ api_url, token: pair.access, until: access_until, generation },
  secrets: [api_secret, ...secretsOf(pair)],
});

/**
 * Signs in to exchanges. Pairs of tokens stand sealed in PostgreSQL, one of an object for all workers; whoever renews it
 * holds a lock there, and here one transaction of an object waits for that, however many requests do.
 */
export function createSignIn(deps: SignInDeps): SignIn {
  const flights = new Map<number, Promise<IxapiAccess>>();

  function flightOf(ix_api: number, rejected: number | undefined): Promise<IxapiAccess> {
    const flight = renew(deps, ix_api, rejected).finally(() => flights.delete(ix_api));
    flights.set(ix_api, flight);
    return flight;
  }

  return {
    async accessFor(ix_api, signal, rejected) {
      const ixApi = await objectOf(deps.knex, ix_api);
      const kept = await findTokens(deps.knex, deps.vault, ixApi);
      if (isUsable(kept, rejected, deps.clock()))
        return accessOf(ixApi, kept, await secretOf(deps.knex, deps.vault, ixApi));
      for (let flight = flights.get(ix_api); flight !== undefined; flight = flights.get(ix_api)) {
        const access = await whileWanted(flight, signal);
        if (access.generation !== rejected) return access;
      }
      signal.throwIfAborted();
      return whileWanted(flightOf(ix_api, rejected), signal);
    },
    async settle() {
      await Promise.allSettled(flights.values());
    },
  };
}
