import { rmSync } from 'node:fs';
import type { Knex } from 'knex';
import { freePort } from '../../engine/ports';
import { isFinal, type JobRow } from '../../store/jobs';
import { createStore } from '../../store/knex';
import { spawnFakeIxapi, type RemoteIxapi } from '../fakes/ixapi/remote';
import { ADMIN } from './api';
import { temporaryFolder } from './engine';
import { fillPeeringdb, linkExchange } from './ixapi-site';
import { keepProduct, killServer, startServers, type Victim } from './kept-product';
import { until } from './processes';
import { SILENT_KNEX } from './product-readers';

const NAMESPACE = 'crossconnect';
/** What was killed is back, and what it did was begun again. */
const LONGEST_MS = 60_000;

/** An exchange, a PostgreSQL, a Temporal server and the product, each a process, and an exchange of ours. */
export interface IxapiRig {
  readonly fake: RemoteIxapi;
  readonly knex: Knex;
  /** Kills with SIGKILL; what was killed comes back by itself. */
  kill(victim: Victim): Promise<void>;
  /** Begins an import of one config; the id of its job. */
  import(network_service_config: string): Promise<string>;
  /** Waits until a job is over. */
  ended(id: string): Promise<JobRow>;
  /** Waits until something is so, while servers come and go. */
  reach(is: () => Promise<boolean>): Promise<void>;
  /** How the product ended when nobody killed it. */
  readonly crashed: readonly string[];
  close(): Promise<void>;
}

/** Starts it all. */
export async function createIxapiRig(): Promise<IxapiRig> {
  const folder = temporaryFolder('ixapi');
  const [{ postgres, temporal }, port, fake] = await Promise.all([
    startServers(folder, NAMESPACE),
    freePort(),
    spawnFakeIxapi({ paging: { size: 5 } }),
  ]);
  const product = keepProduct({
    ...{ DATABASE_URL: postgres.url, TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: NAMESPACE },
    ...{ DATA_DIR: folder, SECRET_KEY: 'the secret key of the fault tests', API_TOKEN: ADMIN, PORT: String(port) },
    ...{ IXAPI_ALLOW_PRIVATE: 'true', IXAPI_SCHEDULE: '0 0 1 1 *' },
    // Nothing of it is asked here.
    ...{ PEERINGDB_API: fake.url, PEERINGDB_SCHEDULE: '0 0 1 1 *' },
  });
  const first = await product.ready();
  const knex = createStore(postgres.url, { max: 2, applicationName: 'test', log: SILENT_KNEX });
  await fillPeeringdb(knex);
  const { exchange } = await linkExchange(first, fake);
  const path = `/api/peering/internet-exchanges/${exchange}/ix-api/import/`;
  const reach: IxapiRig['reach'] = (is) => until(() => is().catch(() => false), LONGEST_MS);
  const rig: IxapiRig = {
    ...{ fake, knex, reach, crashed: product.ended },
    kill: (victim) => (victim === 'product' ? product.kill() : killServer(victim === 'postgres' ? postgres : temporal)),
    import: async (network_service_config) => {
      let id: unknown;
      await reach(async () => {
        const { status, body } = await (await product.ready()).post(path, { network_service_config });
        id = (body as { id?: unknown }).id;
        return status === 202;
      });
      return String(id);
    },
    ended: async (id) => {
      let job: JobRow | undefined;
      await reach(async () => {
        job = await knex<JobRow>('core_job').where({ id }).first();
        return job !== undefined && isFinal(job.status);
      });
      return job!;
    },
    close: async () => {
      await product.close();
      await knex.destroy();
      await fake.close();
      await Promise.all([postgres.stop(), temporal.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return rig;
}
