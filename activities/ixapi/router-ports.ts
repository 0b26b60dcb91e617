import type { Knex } from 'knex';
import { connectionsWithDevices, keepPort, type ConnectionWithDevice } from '../../store/ixapi/netbox-ports';
import { NETBOX_FAILURES } from '../../workflows/netbox/messages';
import type { NetboxClient } from '../netbox/client';
import { readPorts } from '../netbox/interfaces';
import { AppError } from '../shared/failure';
import { inLanes } from '../shared/lanes';
import type { Logger } from '../shared/logger';
import { findPort } from './find-port';

/** What reading the routers' interfaces works with. */
export interface RouterPortsDeps {
  readonly knex: Knex;
  /** Undefined: NETBOX_API or NETBOX_API_TOKEN is not set, and nothing is read. */
  readonly client: NetboxClient | undefined;
  readonly clock: () => Date;
  readonly log: Logger;
}

/** Devices that are read at once. */
const LANES = 4;

/** After one of these NetBox would say the same of every other device. */
const OF_ALL: readonly string[] = [NETBOX_FAILURES.unavailable, NETBOX_FAILURES.forbidden];

/** The connections of each device. */
function byDevice(connections: readonly ConnectionWithDevice[]): [number, ConnectionWithDevice[]][] {
  const devices = new Map<number, ConnectionWithDevice[]>();
  for (const one of connections) devices.set(one.netbox_device_id, [...(devices.get(one.netbox_device_id) ?? []), one]);
  return [...devices];
}

/**
 * Reads the interfaces of the routers that have connections at the exchanges of an IX-API object, each device once. When
 * NetBox fails, what was kept stays, whose age tells: that is logged, and thrown is only what NetBox is not the reason of.
 */
export async function keepRouterPorts(
  { knex, client, clock, log }: RouterPortsDeps,
  ix_api: number,
  signal: AbortSignal,
): Promise<void> {
  if (client === undefined) return;
  let isAway = false;
  const devices = byDevice(await connectionsWithDevices(knex, ix_api));
  await inLanes(LANES, devices, async ([netbox_device_id, connections]) => {
    if (isAway) return;
    try {
      const now = clock();
      const shown = await readPorts(client, netbox_device_id, signal);
      for (const one of connections) await keepPort(knex, one.connection, findPort(shown, one), now);
    } catch (error) {
      if (signal.aborted || !(error instanceof AppError)) throw error;
      isAway ||= OF_ALL.includes(error.code);
      log.warn(
        { ix_api, netbox_device_id, code: error.code, reason: error.message },
        'interfaces of a router not read',
      );
    }
  });
}
