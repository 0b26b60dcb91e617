import { isDeepStrictEqual } from 'node:util';
import type { NetboxRules } from '../../store/netbox/device';
import type { Device, Related } from '../fakes/netbox/objects';
import { walk } from '../fakes/netbox/ask';
import type { FakeNetboxState } from '../fakes/netbox/state';
import type { NetboxSite } from './netbox-site';

/** What routers have to be, computed from the devices of NetBox and nothing else. */

type Row = Record<string, unknown>;

/** What is compared: a NetBox and a database. */
export interface Compared extends Pick<NetboxSite, 'knex' | 'routers'> {
  readonly policy: { readonly rules: Pick<NetboxRules, 'roles' | 'tags' | 'statuses' | 'customFields'> };
  readonly fake: {
    readonly url: string;
    readonly state: Pick<FakeNetboxState, 'devices' | 'roles' | 'platforms' | 'sites' | 'tags'> & {
      readonly changes: Pick<FakeNetboxState['changes'], 'rows'>;
    };
  };
}

/** What NetBox shows of devices that its tables do not have: how one without a name is called, and addresses. */
interface Shown {
  readonly display: string;
  readonly ip4: string | null;
  readonly ip6: string | null;
}

async function shownBy({ fake }: Compared): Promise<ReadonlyMap<number, Shown>> {
  const host = (address: unknown): string | null =>
    (address as { address: string } | null)?.address.split('/')[0] ?? null;
  const rows = await walk(`${fake.url}/api/dcim/devices/?limit=1000`);
  return new Map(
    rows.map(({ id, display, primary_ip4, primary_ip6 }) => [
      id,
      { display: String(display), ip4: host(primary_ip4), ip6: host(primary_ip6) },
    ]),
  );
}

const slugIn = (table: ReadonlyMap<number, Related>, id: number | null): string | null =>
  id === null ? null : table.get(id)!.slug;

/** Whether a device is one of ours. */
function isOurs({ fake: { state }, policy: { rules } }: Compared, { role, tags }: Device): boolean {
  const above: string[] = [];
  for (let next: number | null = role; next !== null; next = state.roles.get(next)!.parent)
    above.push(state.roles.get(next)!.slug);
  const slugs = tags.map((tag) => state.tags.get(tag)!.slug);
  const hasTag = rules.tags.length === 0 || slugs.some((slug) => rules.tags.includes(slug));
  return hasTag && above.some((slug) => rules.roles.includes(slug));
}

/** What the router of a device of ours is. */
function routerFor(
  { fake: { state }, policy: { rules } }: Compared,
  device: Device,
  shown: Shown,
  platforms: Row[],
): Row {
  const slug = slugIn(state.platforms, device.platform);
  const platform = platforms.find((row) => row['slug'] === slug)?.['id'] ?? null;
  const name = device.name ?? shown.display;
  return {
    ...{ name, hostname: name, platform, netbox_platform: slug, local_context_data: device.local_context_data },
    status: rules.statuses[device.status] ?? 'disabled',
    state: slug === null ? 'platform_missing' : platform === null ? 'platform_unknown' : 'in_sync',
    ...{ primary_ip4: shown.ip4, primary_ip6: shown.ip6, site: slugIn(state.sites, device.site) },
    tags: device.tags.map((tag) => state.tags.get(tag)!.slug).sort(),
    custom_fields: Object.fromEntries(
      rules.customFields.filter((field) => field in device.custom_fields).map((f) => [f, device.custom_fields[f]]),
    ),
    ...{ status_before: null, delete_after: null },
  };
}

/** Of arrays that another realm made Node says that they are none of ours. */
const ours = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));

const differing = (actual: Row, expected: Row): string[] =>
  Object.entries(expected)
    .filter(([field, value]) => !isDeepStrictEqual(ours(actual[field]), ours(value)))
    .map(([field, value]) => `${field} is ${JSON.stringify(actual[field])}: expected ${JSON.stringify(value)}`);

const lower = (value: unknown): string => String(value).toLowerCase();

/** Whether a device may be without a router: a person decided so, or has to decide. */
async function mayLack({ knex }: Compared, id: number, { name, primary_ip4, primary_ip6 }: Row): Promise<boolean> {
  if (await knex('devices_exclusion').where({ netbox_device_id: id }).first()) return true;
  if (await knex('devices_adoption').where({ netbox_device_id: id, state: 'rejected' }).first()) return false;
  const local = await knex<Row>('devices_router').whereNull('netbox_device_id');
  return local.some(
    (router) =>
      [router['name'], router['hostname']].some((own) => lower(own) === lower(name)) ||
      (primary_ip4 !== null && router['primary_ip4'] === primary_ip4) ||
      (primary_ip6 !== null && router['primary_ip6'] === primary_ip6),
  );
}

/** How routers differ from NetBox's devices: not at all, if all is well. */
export async function differences(site: Compared): Promise<string[]> {
  const { state } = site.fake;
  const [shown, routers, platforms] = [await shownBy(site), await site.routers(), await site.knex('devices_platform')];
  const wrong: string[] = [];
  for (const device of state.devices.values()) {
    const router = routers.find(({ netbox_device_id }) => netbox_device_id === device.id);
    const expected = routerFor(site, device, shown.get(device.id)!, platforms);
    const say = (what: string): number => wrong.push(`device ${device.id}: ${what}`);
    if (!isOurs(site, device)) {
      if (router === undefined || router['state'] === 'linked') continue;
      differing(router, { state: 'out_of_scope', status: 'disabled' }).forEach(say);
    } else if (router !== undefined) differing(router, expected).forEach(say);
    else if (!(await mayLack(site, device.id, expected))) say('it has no router');
  }
  for (const { netbox_device_id: id, state: is } of routers) {
    if (id === null || state.devices.has(id as number)) continue;
    const isLogged = state.changes.rows.some((row) => row.changed_object_id === id && row.action === 'delete');
    if (is !== 'not_visible' || isLogged) wrong.push(`device ${Number(id)} is gone, and its router is ${String(is)}`);
  }
  return wrong;
}
