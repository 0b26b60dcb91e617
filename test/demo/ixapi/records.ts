import type { ImportResult } from '../../../store/ixapi/import/import';
import type { ShownExchange } from '../../../store/ixapi/show/exchange';
import { expectThat, isOver, jobOnce, type Job, type Stage } from '../stage';

/** What the API has of the exchange that speaks IX-API. */

const EXCHANGES = '/api/peering/internet-exchanges/';
const CONNECTIONS = '/api/net/connections/';
const JOBS = '/api/core/jobs/';
const DRIFT = '/api/extras/drift/';

/** An exchange of ours. */
interface Linked {
  readonly id: number;
  readonly name: string;
  readonly ixapi_endpoint: number | null;
}

/** A connection of ours. */
export interface Connection {
  readonly id: number;
  readonly status: { readonly value: string };
  readonly ipv4_address: string | null;
  readonly ipv6_address: string | null;
  readonly vlan: number | null;
  readonly inner_vlan: number | null;
  readonly mac_address: string | null;
  /** Mbit/s. */
  readonly speed: number | null;
  readonly mode: string | null;
  readonly ixapi_network_service_config: string | null;
  readonly ixapi_connection: string | null;
  readonly created: string;
}

/** Where sources differ; ages in seconds. */
export interface Drift {
  readonly network_service_config: string;
  readonly kind: string;
  readonly severity: string;
  readonly message: string;
  readonly ixapi: unknown;
  readonly ixapi_age: number | null;
  readonly local: unknown;
  readonly local_age: number | null;
  readonly peeringdb: unknown;
  readonly peeringdb_age: number | null;
}

interface Page<T> {
  readonly results: readonly T[];
}

/** Reads; throws unless the answer is 200. */
export async function read<T>({ product }: Stage, path: string): Promise<T> {
  const { status, body } = await product.get<T>(path);
  expectThat(status === 200, `GET ${path} answers ${status}: ${JSON.stringify(body)}`);
  return body;
}

/** Our record of the exchange. */
export async function ourExchange(stage: Stage): Promise<Linked> {
  const path = `${EXCHANGES}?peeringdb_ixlan=${stage.exchange.port.ixlan_id}`;
  const [found] = (await read<Page<Linked>>(stage, path)).results;
  if (found === undefined) throw new Error(`${path} finds nothing`);
  return found;
}

/** Links our record of the exchange to an IX-API object; where what it has for us is shown. */
export async function link(stage: Stage, ixapi_endpoint: number): Promise<string> {
  const { id } = await ourExchange(stage);
  const { status, body } = await stage.product.patch(`${EXCHANGES}${id}/`, { ixapi_endpoint });
  expectThat(status === 200, `linking exchange ${id} answers ${status}: ${JSON.stringify(body)}`);
  stage.show.say(`PATCH ${EXCHANGES}${id}/ {"ixapi_endpoint": ${ixapi_endpoint}}`);
  return viewPath(id);
}

const viewPath = (id: number): string => `${EXCHANGES}${id}/ix-api/`;

/** Where what the exchange has for us is shown. */
export const viewOf = async (stage: Stage): Promise<string> => viewPath((await ourExchange(stage)).id);

/** What the exchange has for us. */
export const shown = async (stage: Stage): Promise<ShownExchange> =>
  read(stage, `${await viewOf(stage)}?importable=true`);

/** Our connections at the exchange. */
export async function connectionsThere(stage: Stage): Promise<readonly Connection[]> {
  const { id } = await ourExchange(stage);
  return (await read<Page<Connection>>(stage, `${CONNECTIONS}?internet_exchange_point=${id}`)).results;
}

/** Where sources differ at the exchange. */
export async function driftThere(stage: Stage): Promise<readonly Drift[]> {
  const { id } = await ourExchange(stage);
  return (await read<Page<Drift>>(stage, `${DRIFT}?internet_exchange=${id}`)).results;
}

/** The newest job that follows configs, once it is as `is` wants it. */
export async function followingOnce(stage: Stage, is: (job: Job) => boolean): Promise<Job> {
  const { id } = await ourExchange(stage);
  const [job] = (await read<Page<Job>>(stage, `${JOBS}?workflow_id=ixapi-follow-${id}`)).results;
  if (job === undefined) throw new Error(`nothing follows configs of exchange ${id}`);
  return jobOnce(stage, job.id, is);
}

/** Has the exchange read, or imported, with `?wait=30`; the result of the job, which has to complete. */
async function run<T>(stage: Stage, action: 'refresh' | 'import', body: object): Promise<T> {
  const path = `${await viewOf(stage)}${action}/`;
  stage.show.say(`POST ${path} ${JSON.stringify(body)}`);
  const answer = await stage.product.post<Job>(`${path}?wait=30`, body);
  expectThat([200, 202].includes(answer.status), `it answers ${answer.status}: ${JSON.stringify(answer.body)}`);
  const { status, result, error } = await jobOnce(stage, answer.body.id, isOver);
  expectThat(status === 'completed', `the job is ${status}: ${error?.message ?? 'no reason given'}`);
  return result as T;
}

/** Reads the exchange again; how many differences there are then. */
export const refresh = (stage: Stage): Promise<{ readonly drift: number }> => run(stage, 'refresh', {});

/** Imports, or says what an import would do. */
export const importConfigs = (
  stage: Stage,
  asked: { readonly network_service_config?: string; readonly dry_run?: boolean },
): Promise<ImportResult> => run(stage, 'import', asked);
