import { z } from 'zod';
import { routersOfDevices } from '../../store/devices/routers';
import type { Finding } from '../../store/netbox/decide';
import { isInScope } from '../../store/netbox/device';
import type { NetboxClient } from './client';
import type { NetboxDeps } from './deps';
import { DEVICE_QUERY, parseDevice } from './devices';
import { AppError } from '../shared/failure';
import { NETBOX_FAILURES } from '../../workflows/netbox/messages';
import { roleTreeFor } from './roles';

/** The change log moved with NetBox 4.1 (`/api/extras/` before, `/api/core/` from then on; measured on 4.6). */
const CHANGE_LOG_MOVED = [4, 1] as const;

/** The path of the change log in a version; the newer one where the version is not known. */
export function changeLogPath(version: string | undefined): string {
  const [major = 99, minor = 0] = (version ?? '').split('.').filter(Boolean).map(Number);
  const [movedMajor, movedMinor] = CHANGE_LOG_MOVED;
  const isOld = major < movedMajor || (major === movedMajor && minor < movedMinor);
  return `${isOld ? 'extras' : 'core'}/object-changes/`;
}

const countSchema = z.looseObject({ results: z.array(z.unknown()) });

/** Whether NetBox's change log tells of the deletion of a device; false too where we may not read it. */
async function isDeletionLogged(
  client: NetboxClient,
  version: string | undefined,
  id: number,
  signal: AbortSignal,
): Promise<boolean> {
  const query = `changed_object_type=dcim.device&changed_object_id=${id}&action=delete&limit=1`;
  try {
    const { json } = await client.get(`${changeLogPath(version)}?${query}`, signal);
    const parsed = countSchema.safeParse(json);
    return parsed.success && parsed.data.results.length > 0;
  } catch (error) {
    if (error instanceof AppError && error.code === NETBOX_FAILURES.forbidden) return false;
    throw error;
  }
}

/** Finds out what NetBox says of a device now. */
export async function lookAt(
  { knex, policy }: NetboxDeps,
  client: NetboxClient,
  id: number,
  signal: AbortSignal,
): Promise<Finding> {
  const { json, version } = await client.get(`dcim/devices/${id}/?${DEVICE_QUERY}`, signal);
  if (json !== undefined) {
    const device = parseDevice(json);
    const tree = await roleTreeFor(knex, client, device.role, policy.rules, signal);
    return { found: 'device', device, inScope: isInScope(device, policy.rules, tree) };
  }
  const [router] = await routersOfDevices(knex, [id]);
  // Nobody has to know why a device is not there that has no router, or whose deletion was known before.
  if (router === undefined) return { found: 'not_visible' };
  if (router.state === 'deleted' || router.state === 'deleted_in_netbox') return { found: 'deleted' };
  return { found: (await isDeletionLogged(client, version, id, signal)) ? 'deleted' : 'not_visible' };
}
