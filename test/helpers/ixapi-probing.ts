import type { Knex } from 'knex';
import { startWorker } from '../../activities/worker';
import { answerProbe, openProbe, type Identity, type ProbeAnswer } from '../../store/ixapi/object/probes';
import { createVault } from '../../store/secrets';
import { createTestApi, TEST_SECRET_KEY, testTemporal, type TestApi } from './api';
import { createTestDatabase } from './database';
import { senderOf } from './incident-records';
import { connectTestTemporal, testBundle, testNamespace, type TestTemporal } from './temporal';
import { silenceRuntime } from './worker';

export const IX_APIS = '/api/extras/ix-api/';
export const ACCOUNTS = `${IX_APIS}accounts/`;

/** What was tried. */
export interface Tried {
  readonly api_url: string;
  readonly api_key: string;
  readonly api_secret: string;
}

/** An API with a worker that tries access by what a test says of it. */
export interface ProbingSite {
  readonly api: TestApi;
  readonly knex: Knex;
  readonly temporal: TestTemporal;
  readonly send: ReturnType<typeof senderOf>;
  /** What was tried, in order. */
  readonly tried: Tried[];
  /** From here on this is what comes of trying. */
  answer: (tried: Tried) => ProbeAnswer | Promise<ProbeAnswer>;
  close(): Promise<void>;
}

export const account = (id: string, name: string | null = `Account ${id}`): Identity => ({
  ...{ id, name, managing_account: null, how: 'account' },
});

/** An exchange that takes what it gets, and has these accounts for us. */
export const welcome =
  (...identities: readonly Identity[]) =>
  ({ api_url }: Pick<Tried, 'api_url'>): ProbeAnswer => ({
    ...{
      ok: true,
      api_url: api_url.replace(/(\/api\/v2)?\/*$/, '/api/v2'),
      version: '2.7.1',
      health: null,
      identities,
    },
  });

/** Starts it. Close it in `afterAll`. */
export async function createProbingSite(): Promise<ProbingSite> {
  silenceRuntime();
  const database = await createTestDatabase();
  const { knex } = database;
  const temporal = await connectTestTemporal();
  const apiTemporal = testTemporal();
  const api = createTestApi(knex, apiTemporal);
  const vault = createVault(TEST_SECRET_KEY);
  const site: ProbingSite = {
    ...{ api, knex, temporal, send: senderOf(api), tried: [], answer: welcome(account('ACC-100')) },
    close: async () => {
      await worker.stop();
      await apiTemporal.close();
      await temporal.close();
      await database.drop();
    },
  };
  const probe = async ({ id }: { readonly id: string }): Promise<void> => {
    const access = await openProbe(knex, vault, id);
    if (access === undefined) throw new Error('nobody wants to know what came of it');
    const tried = { ...access, api_secret: access.api_secret.reveal() };
    site.tried.push(tried);
    await answerProbe(knex, id, await site.answer(tried));
  };
  const { connection } = temporal;
  const worker = await startWorker({
    ...{ connection, namespace: testNamespace(), activities: { probe }, bundle: testBundle() },
  });
  return site;
}
