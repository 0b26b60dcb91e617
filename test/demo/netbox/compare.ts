import { expectThat, type Stage } from '../stage';
import { OUR_ROLES } from './devices';
import { listRouters, platformIds, type Router } from './routers';

interface Slugged {
  readonly slug: string;
}
interface Address {
  readonly address: string;
}

/** A device as NetBox answers it. */
interface Device {
  readonly id: number;
  readonly name: string;
  readonly role: Slugged;
  readonly platform: Slugged | null;
  readonly site: Slugged;
  readonly status: { readonly value: string };
  readonly primary_ip4: Address | null;
  readonly primary_ip6: Address | null;
}

async function devicesOf({ netbox }: Stage): Promise<Device[]> {
  const headers = { authorization: `Token ${netbox.token}` };
  const response = await fetch(`${netbox.url}/api/dcim/devices/?limit=1000`, { headers });
  const { results } = (await response.json()) as { results: Device[] };
  return results.filter(({ role }) => OUR_ROLES.includes(role.slug));
}

const hostOf = (ip: Address | null): string | null => ip?.address.split('/')[0] ?? null;

function stateOf({ platform }: Device, platforms: ReadonlyMap<string, number>): string {
  if (platform === null) return 'platform_missing';
  return platforms.has(platform.slug) ? 'in_sync' : 'platform_unknown';
}

/** What the router of a device has to be. */
const expectedOf = (device: Device, platforms: ReadonlyMap<string, number>): Partial<Router> => ({
  ...{ netbox_device_id: device.id, name: device.name, site: device.site.slug },
  ...{ state: stateOf(device, platforms), status: device.status.value === 'active' ? 'enabled' : 'disabled' },
  platform: platforms.get(device.platform?.slug ?? '') ?? null,
  netbox_platform: device.platform?.slug ?? null,
  ...{ primary_ip4: hostOf(device.primary_ip4), primary_ip6: hostOf(device.primary_ip6) },
});

/**
 * Compares every router that follows a device with what NetBox answers of the devices that are ours, field by field, and
 * says so. Throws with the first difference.
 */
export async function expectEqualNetbox(stage: Stage): Promise<string> {
  const platforms = await platformIds(stage);
  const devices = await devicesOf(stage);
  const routers = (await listRouters(stage)).filter(
    ({ netbox_device_id, state }) => netbox_device_id !== null && state !== 'deleted_in_netbox',
  );
  for (const device of devices) {
    const router = routers.find(({ netbox_device_id }) => netbox_device_id === device.id);
    for (const [field, value] of Object.entries(expectedOf(device, platforms))) {
      const here = router?.[field as keyof Router];
      expectThat(here === value, `${field} of ${device.name} differs: NetBox has ${value ?? 'none'}, here is ${here}`);
    }
  }
  expectThat(routers.length === devices.length, `${routers.length} routers follow ${devices.length} devices`);
  return `${routers.length} routers equal NetBox's devices, field by field`;
}
