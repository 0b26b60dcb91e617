import type { Response } from 'supertest';
import type { NetboxSite } from './netbox-site';

/** Reconciliations as a person asks for them. */

interface Entry {
  readonly id: number;
  readonly name: string;
  readonly changes: Readonly<Record<string, { readonly from: unknown; readonly to: unknown }>>;
}

/** A plan as it is answered. */
export interface PlanAnswer {
  readonly id: string;
  readonly checksum: string;
  readonly create: readonly Entry[];
  readonly update: readonly Entry[];
  readonly delete: readonly Entry[];
  readonly unchanged: number;
  readonly skipped: readonly { readonly id: number; readonly reason: string }[];
}

/** What came of applying a plan. */
export interface Applied {
  readonly applied: number;
  readonly stale: readonly number[];
  readonly held: readonly number[];
}

/** Asks for a reconciliation, and waits for its end. */
export const reconcile = ({ api }: NetboxSite, body: object = {}): Promise<Response> =>
  api.post('/api/devices/reconcile/?wait=30', body);

/** Plans; throws where that fails. */
export async function planOf(site: NetboxSite, body: object = {}): Promise<PlanAnswer> {
  const { status, body: job } = await reconcile(site, body);
  if (status !== 200 || job.status !== 'completed') throw new Error(`no plan: ${status} ${JSON.stringify(job)}`);
  return { id: job.id, ...job.result };
}

/** Applies a plan; throws where that fails. */
export async function applyPlan(site: NetboxSite, { id, checksum }: PlanAnswer): Promise<Applied> {
  const { status, body: job } = await reconcile(site, { plan: id, checksum });
  if (status !== 200 || job.status !== 'completed') throw new Error(`not applied: ${status} ${JSON.stringify(job)}`);
  return job.result.result;
}

/** What a plan would do, device by device. */
export const idsOf = (plan: PlanAnswer): Record<'create' | 'update' | 'delete', number[]> => ({
  create: plan.create.map(({ id }) => id),
  update: plan.update.map(({ id }) => id),
  delete: plan.delete.map(({ id }) => id),
});

/** The least that a device of ours has. */
export const ROUTER = {
  ...{ role: 'router', platform: 'juniper-junos', site: 1, device_type: 1, status: 'active' },
} as const;

/** Devices of ours that nothing tells of, each with its number in its name. */
export function makeQuietly({ fake: { state } }: NetboxSite, count: number): number[] {
  const plain = { ...ROUTER, primary_ip4: null, primary_ip6: null, tags: [] };
  return state
    .insertSilently(count)
    .map((id, index) => state.updateSilently(id, { ...plain, name: `quiet-${index}` }).id);
}

/** Such devices, and a router for each. */
export async function makeWithRouters(site: NetboxSite, count: number): Promise<number[]> {
  const ids = makeQuietly(site, count);
  await applyPlan(site, await planOf(site));
  return ids;
}

/** The state of each router, by its device. */
export async function statesOf(site: NetboxSite): Promise<Record<number, unknown>> {
  const routers = await site.routers();
  return Object.fromEntries(routers.map(({ netbox_device_id, state }) => [netbox_device_id, state]));
}
