import { setTimeout as sleep } from 'node:timers/promises';
import { expectThat, type Stage } from '../stage';

/** A router of the API's. */
export interface Router {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly state: string;
  readonly platform: number | null;
  readonly netbox_device_id: number | null;
  readonly netbox_platform: string | null;
  readonly primary_ip4: string | null;
  readonly primary_ip6: string | null;
  readonly site: string | null;
}

/** What became of a router at one time. */
export interface AuditLine {
  readonly action: string;
  readonly changes: Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>;
  readonly layer: string;
  readonly username: string | null;
  readonly request_id: string | null;
  readonly confirmed: boolean;
}

interface Choice {
  readonly value: string;
}

/** A router as it is answered. */
export type AnsweredRouter = Omit<Router, 'status' | 'state'> & { readonly status: Choice; readonly state: Choice };

interface Page<T> {
  readonly results: readonly T[];
}

const ROUTERS = '/api/devices/routers/';

async function list<T>({ product }: Stage, path: string): Promise<readonly T[]> {
  const { status, body } = await product.get<Page<T>>(path);
  expectThat(status === 200, `GET ${path} answers ${status}: ${JSON.stringify(body)}`);
  return body.results;
}

/** A router with its choices as plain values. */
export const plain = ({ status, state, ...rest }: AnsweredRouter): Router => ({
  ...{ ...rest, status: status.value, state: state.value },
});

/** Routers; those of deleted devices are listed only when they are asked for. */
export const listRouters = async (stage: Stage, query = ''): Promise<readonly Router[]> =>
  (await list<AnsweredRouter>(stage, `${ROUTERS}?limit=1000${query}`)).map(plain);

/** Every router, also those of deleted devices. */
export const allRouters = async (stage: Stage): Promise<readonly Router[]> => [
  ...(await listRouters(stage)),
  ...(await listRouters(stage, '&state=deleted')),
];

/** Our platforms, by slug. */
export async function platformIds(stage: Stage): Promise<ReadonlyMap<string, number>> {
  const platforms = await list<{ id: number; slug: string }>(stage, '/api/devices/platforms/?limit=1000');
  return new Map(platforms.map(({ id, slug }) => [slug, id]));
}

/** Posts, and throws unless the answer has the expected status. */
export async function post<T>({ product }: Stage, path: string, body: object, expected: number): Promise<T> {
  const answer = await product.post<T>(path, body);
  expectThat(answer.status === expected, `POST ${path} answers ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** The id of the device of this name in NetBox. */
export async function deviceCalled({ netbox }: Stage, name: string): Promise<number> {
  const device = (await netbox.devices()).find((one) => one.name === name);
  if (device === undefined) throw new Error(`NetBox has no device ${name}`);
  return device.id;
}

/** The router of a device, deleted or not. */
export async function routerOf(stage: Stage, deviceId: number): Promise<Router> {
  const router = (await allRouters(stage)).find((one) => one.netbox_device_id === deviceId);
  if (router === undefined) throw new Error(`the device ${deviceId} has no router`);
  return router;
}

/** The router of a device, once it is as `is` wants it, and after how many seconds. */
export async function routerOnce(
  stage: Stage,
  deviceId: number,
  is: (router: Router) => boolean,
  longest = 60,
): Promise<{ readonly router: Router; readonly seconds: string }> {
  const began = performance.now();
  const passed = (): number => (performance.now() - began) / 1000;
  for (;;) {
    const router = await routerOf(stage, deviceId);
    if (is(router)) return { router, seconds: passed().toFixed(1) };
    expectThat(passed() < longest, `after ${longest} s the router is still ${JSON.stringify(router)}`);
    await sleep(100);
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** The newest line of what became of a router, which is shown: what changed, from what to what, found by which layer. */
export async function showAudit(stage: Stage, { id, name }: Router): Promise<AuditLine> {
  const path = `${ROUTERS}${id}/audit/?limit=1`;
  const [line] = await list<AuditLine>(stage, path);
  if (line === undefined) throw new Error(`nothing is kept of what became of router ${id} (${name})`);
  stage.show.say(`GET ${path}`);
  stage.show.table([
    ['action', 'field', 'from', 'to', 'layer', 'who', 'confirmed'],
    ...Object.entries(line.changes).map(([field, { from, to }]) => [
      ...[line.action, field, textOf(from), textOf(to)],
      ...[line.layer, line.username ?? '', line.confirmed ? 'yes' : 'no'],
    ]),
  ]);
  return line;
}
