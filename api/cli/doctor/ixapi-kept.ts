import { z } from 'zod';
import { readSecret } from '../../../config/bootstrap';
import type { Config } from '../../../config/schema';
import { ixapiStanding, mismatchOf, type IxapiStanding, type LinkStanding } from '../../../store/ixapi/standing';
import { createVault } from '../../../store/secrets';
import { ixapiRefreshWorkflowId } from '../../../workflows/ixapi/messages';
import { pageSchema, parseAnswer } from '../answers';
import { openDatabase } from '../database';
import type { ApiClient } from '../http';
import { EXCHANGES, IX_APIS } from '../named-record';
import { fetchAll } from '../pages';

const objectsSchema = z.array(
  z.looseObject({
    ...{ id: z.int(), name: z.string(), api_url: z.string(), identity: z.string(), fetched_at: z.string().nullable() },
  }),
);
const exchangesSchema = z.array(z.looseObject({ id: z.int(), name: z.string(), ixapi_endpoint: z.int().nullable() }));
const viewSchema = z.looseObject({
  problems: z.array(z.looseObject({ list: z.string(), id: z.string(), reason: z.string() })),
  network_services: z.array(
    z.looseObject({
      ...{ id: z.string(), type: z.string() },
      match: z.looseObject({ matched: z.boolean(), reason: z.string() }),
    }),
  ),
});
const failedSchema = z.array(z.looseObject({ finished: z.string(), error: z.looseObject({ message: z.string() }) }));

type Exchange = z.output<typeof exchangesSchema>[number];
type KeptObject = z.output<typeof objectsSchema>[number];
type Failure = NonNullable<IxapiStanding['failure']>;

async function fromDatabase(url: string, { DATA_DIR, SECRET_KEY }: Config): Promise<IxapiStanding[]> {
  const knex = openDatabase(url, 'doctor');
  try {
    const secretKey = SECRET_KEY ?? readSecret(DATA_DIR, 'secret-key');
    // Without the key there is nothing to open secrets with: that it is missing stops the start.
    const vault = secretKey && createVault(secretKey);
    return await ixapiStanding(knex, vault, ixapiRefreshWorkflowId);
  } finally {
    await knex.destroy();
  }
}

async function lastFailure(client: ApiClient, { id }: Exchange): Promise<Failure | undefined> {
  const filters = { workflow_id: ixapiRefreshWorkflowId(id), status: 'failed', limit: '1' };
  const { results } = parseAnswer(pageSchema, await client.get('/api/core/jobs/', filters), 'jobs');
  const [job] = parseAnswer(failedSchema, results, 'jobs');
  return job && { message: job.error.message, finished: job.finished };
}

/** How an object fares, by what the product shows of its exchanges. */
async function standingOf(client: ApiClient, object: KeptObject, linked: readonly Exchange[]): Promise<IxapiStanding> {
  const { id, name, api_url, identity, fetched_at } = object;
  const exchanges: LinkStanding[] = [];
  let problems: IxapiStanding['problems'] = [];
  let failure: Failure | null = null;
  for (const exchange of linked) {
    const view = parseAnswer(viewSchema, await client.get(`${EXCHANGES.path}${exchange.id}/ix-api/`), 'IX-API');
    const mismatch = fetched_at === null ? null : mismatchOf(view.network_services);
    exchanges.push({ id: exchange.id, name: exchange.name, mismatch });
    // Those of the object, whichever of its exchanges is asked for.
    problems = view.problems as unknown as IxapiStanding['problems'];
    const failed = await lastFailure(client, exchange);
    const since = failure?.finished ?? fetched_at;
    if (failed && (since === null || Date.parse(failed.finished) > Date.parse(since))) failure = failed;
  }
  return { id, name, api_url, identity, fetched_at, sealed: null, exchanges, problems, failure };
}

async function fromProduct(client: ApiClient): Promise<IxapiStanding[]> {
  const objects = parseAnswer(objectsSchema, await fetchAll(client, IX_APIS.path, IX_APIS.many), IX_APIS.many);
  if (objects.length === 0) return [];
  const exchanges = parseAnswer(
    exchangesSchema,
    await fetchAll(client, EXCHANGES.path, EXCHANGES.many),
    EXCHANGES.many,
  );
  return Promise.all(
    objects.map((object) =>
      standingOf(
        client,
        object,
        exchanges.filter(({ ixapi_endpoint }) => ixapi_endpoint === object.id),
      ),
    ),
  );
}

/** How IX-API objects fare, from the database of the settings, else from the running product; undefined: neither is there. */
export async function keptOfIxapi(
  config: Config,
  client: ApiClient | undefined,
): Promise<readonly IxapiStanding[] | undefined> {
  if (config.DATABASE_URL) return fromDatabase(config.DATABASE_URL.reveal(), config);
  return client && fromProduct(client);
}
