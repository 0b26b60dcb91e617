import { z } from 'zod';
import { routersOfDevices } from '../../store/devices/routers';
import type { Finding } from '../../store/netbox/decide';
import { isInScope } from '../../store/netbox/device';
import type { NetboxClient } from './client';
import type { NetboxDeps } from './deps';
import { DEVICE_QUERY, parseDevice } from './devices';
import { badAnswer } from './errors';
import { AppError } from '../shared/failure';
import { NETBOX_FAILURES } from '../../workflows/netbox/messages';
import { roleTreeFor } from './roles';
import { isAtLeast } from './version';

/** The path of the change log, which moved with NetBox 4.1; the newer one where the version is not known. */
export const changeLogPath = (version: string | undefined): string =>
  `${version === undefined || isAtLeast(version, 4, 1) ? 'core' : 'extras'}/object-changes/`;

const rowSchema = z.looseObject({ changed_object_id: z.int(), action: z.looseObject({ value: z.string() }) });
const rowsSchema = z.looseObject({ results: z.array(rowSchema) });

/** What NetBox's change log says of the deletion of a device. We may not be allowed to read it. */
export async function deletionOf(
  client: NetboxClient,
  version: string | undefined,
  id: number,
  signal: AbortSignal,
): Promise<'logged' | 'not logged' | 'unreadable'> {
  const query = `changed_object_type=dcim.device&changed_object_id=${id}&action=delete&limit=1`;
  try {
    const { json } = await client.get(`${changeLogPath(version)}?${query}`, signal);
    const parsed = rowsSchema.safeParse(json);
    if (!parsed.success) return 'unreadable';
    // Whoever ignores a filter answers with rows of something else.
    const isOne = parsed.data.results.some((row) => row.changed_object_id === id && row.action.value === 'delete');
    return isOne ? 'logged' : 'not logged';
  } catch (error) {
    if (error instanceof AppError && error.code === NETBOX_FAILURES.forbidden) return 'unreadable';
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
    if (device.id !== id) throw badAnswer(`NetBox answers with device ${device.id}: expected ${id}`);
    const tree = await roleTreeFor(knex, client, device.role, policy.rules, signal);
    return { found: 'device', device, inScope: isInScope(device, policy.rules, tree) };
  }
  const [router] = await routersOfDevices(knex, [id]);
  // Nobody has to know why a device is not there that has no router, or whose deletion was known before.
  if (router === undefined) return { found: 'not_visible' };
  if (router.state === 'deleted' || router.state === 'deleted_in_netbox') return { found: 'deleted' };
  return { found: (await deletionOf(client, version, id, signal)) === 'logged' ? 'deleted' : 'not_visible' };
}
