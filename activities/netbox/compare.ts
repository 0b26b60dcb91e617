import { isInScope } from '../../store/netbox/device';
import { absentDevices, compareFound, comparePage, findPlan, type Found, type Plan } from '../../store/netbox/plan';
import { drawReading, type Reading, type SeenDevice } from '../../store/netbox/readings';
import { AppError } from '../shared/failure';
import type { ListedDevices, ListingProgress } from '../../workflows/netbox/activities';
import type { NetboxClient } from './client';
import type { NetboxDeps } from './deps';
import { parseDevice } from './devices';
import { emptyList } from './errors';
import { pagingOf, portions, readByIds, readPage, type DevicePage, type Paging, type Wanted } from './listing';
import { deletionOf } from './look';
import { forgetRoles, roleTreeFor } from './roles';

/** What a part of a reconciliation works with. */
export interface Work {
  readonly deps: NetboxDeps;
  readonly client: NetboxClient;
  readonly signal: AbortSignal;
}

async function seenOf({ deps, client, signal }: Work, rows: readonly unknown[]): Promise<SeenDevice[]> {
  const { knex, policy } = deps;
  const seen: SeenDevice[] = [];
  for (const row of rows) {
    const device = parseDevice(row);
    const tree = await roleTreeFor(knex, client, device.role, policy.rules, signal);
    seen.push({ device, inScope: isInScope(device, policy.rules, tree) });
  }
  return seen;
}

/** Says how far it was when it failed, so that another attempt need not begin at the beginning. */
const failedAt = (error: unknown, reached: ListingProgress): unknown =>
  error instanceof AppError
    ? new AppError(error.code, error.message, { retryable: error.retryable, details: { reached }, cause: error })
    : error;

interface NumberedPage extends DevicePage {
  readonly reading: Reading;
}

async function read(
  { deps, client, signal }: Work,
  wanted: Wanted,
  paging: Paging,
  from: number,
): Promise<NumberedPage> {
  const reading = await drawReading(deps.knex);
  return { ...(await readPage(client, wanted, paging, from, signal)), reading };
}

async function readThese({ deps, client, signal }: Work, ids: readonly number[]) {
  const reading = await drawReading(deps.knex);
  return { devices: await readByIds(client, { ids }, signal), reading };
}

/** A promise that may be looked at later, or never. */
function ahead<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/**
 * Reads all devices that may be in scope, page by page; the next page is on its way while one is compared. Rows that shift
 * from page to page under concurrent writes come twice, or not at all: they are looked for by their ids afterwards.
 */
export async function compareListing(work: Work, job_id: string, before: ListingProgress): Promise<ListedDevices> {
  const { deps, client, signal } = work;
  const { knex, policy, clock } = deps;
  const wanted: Wanted = { rules: policy.rules };
  let at = before;
  forgetRoles(client);
  try {
    const paging = await pagingOf(client, signal);
    for (let coming = ahead(read(work, wanted, paging, at.from)); ;) {
      const page: NumberedPage = await coming;
      const { next, reading, count } = page;
      if (next !== undefined) coming = ahead(read(work, wanted, paging, next));
      const seen = (await seenOf(work, page.devices)).filter(({ device }) => device.id > at.last);
      await comparePage(knex, job_id, reading, seen, policy, clock());
      const devices = at.devices + seen.length;
      if (next === undefined) return { devices, complete: devices > 0 && devices >= (count ?? devices) };
      at = { from: next, devices, last: seen.at(-1)?.device.id ?? at.last };
    }
  } catch (error) {
    throw failedAt(error, at);
  }
}

/** Reads some devices by their ids. */
export async function compareSome(work: Work, job_id: string, ids: readonly number[]): Promise<ListedDevices> {
  const { knex, policy, clock } = work.deps;
  forgetRoles(work.client);
  for (const portion of portions(ids)) {
    const { devices, reading } = await readThese(work, portion);
    await comparePage(knex, job_id, reading, await seenOf(work, devices), policy, clock());
  }
  // Of a few devices nothing can be concluded from their absence.
  return { devices: ids.length, complete: false };
}

/** What NetBox says of a device that it does not list. */
async function whyAbsent(
  { client, signal }: Work,
  id: number,
): Promise<Awaited<ReturnType<typeof deletionOf>> | 'shown'> {
  const { json, version } = await client.get(`dcim/devices/${id}/?fields=id`, signal);
  return json === undefined ? deletionOf(client, version, id, signal) : 'shown';
}

/** Devices that are looked for at once. */
const AT_ONCE = 100;

async function compareAbsentPortion(
  work: Work,
  { job_id }: Plan,
  ids: readonly number[],
  isComplete: boolean,
): Promise<void> {
  const { knex, policy, clock } = work.deps;
  const { devices, reading } = await readThese(work, ids);
  const seen = await seenOf(work, devices);
  await comparePage(knex, job_id, reading, seen, policy, clock());
  const missing = ids.filter((id) => !seen.some(({ device }) => device.id === id));
  const absent: { readonly id: number; readonly why: Awaited<ReturnType<typeof whyAbsent>> }[] = [];
  for (const id of missing) absent.push({ id, why: await whyAbsent(work, id) });
  if (missing.length === AT_ONCE && !absent.some(({ why }) => why === 'logged'))
    throw emptyList(`NetBox shows none of ${AT_ONCE} devices that have routers: nothing is believed of that`);
  const isDeleted = (why: string): boolean => why === 'logged' || (why === 'unreadable' && isComplete);
  const found = absent
    .filter(({ why }) => why !== 'shown')
    .map(({ id, why }): Found => ({ deviceId: id, finding: { found: isDeleted(why) ? 'deleted' : 'not_visible' } }));
  await compareFound(knex, job_id, reading, found, policy, clock());
}

/** Finds out what became of devices that have routers and that a listing did not show: out of scope, deleted, hidden. */
export async function compareAbsent(work: Work, job_id: string, { complete }: ListedDevices): Promise<void> {
  const plan = await findPlan(work.deps.knex, job_id);
  if (plan === undefined) throw new Error(`the job ${job_id} has no plan`);
  for (let after = 0; ;) {
    const ids = await absentDevices(work.deps.knex, job_id, after, AT_ONCE);
    const last = ids.at(-1);
    if (last === undefined) return;
    await compareAbsentPortion(work, plan, ids, complete && plan.device_ids === null);
    after = last;
  }
}
