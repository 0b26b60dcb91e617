import { createHash } from 'node:crypto';
import { shorten } from '../../pagerduty/limits';
import type { EventReport } from '../../incidents/event-rows';
import type { Difference } from './finding';

/** What events are told of drift. */

/** The most that a dedup id has. */
const LONGEST_DEDUP_ID = 255;

/** What tells the problems apart. A config whose id is too long, or is no plain text, is known by its hash. */
export function driftDedupId(
  exchange: number,
  { network_service_config, kind }: Pick<Difference, 'network_service_config' | 'kind'>,
): string {
  const idWith = (config: string): string => `ixapi-drift-${exchange}-${config}-${kind}`;
  const id = idWith(network_service_config);
  if (id.length <= LONGEST_DEDUP_ID && /^[\x21-\x7e]+$/.test(id)) return id;
  return idWith(`sha256-${createHash('sha256').update(network_service_config).digest('hex')}`);
}

/** An exchange that events are told of; one that is gone has no name. */
export interface Told {
  readonly id: number;
  readonly name: string | null;
}

/** The report of a difference at an exchange: that there is one, or that there is none any more. */
export function reportOf({ id, name }: Told, difference: Difference, status: 'triggered' | 'ok'): EventReport {
  const { network_service_config, connection, kind, ixapi, peeringdb, local, netbox } = difference;
  return {
    dedup_id: driftDedupId(id, difference),
    message: `${shorten(name ?? `internet exchange ${id}`, 100)}: ${difference.message}`,
    ...{ status, criticality: 'CRITICAL', source: 'ixapi', target_type: 'internet_exchange' },
    ...(name === null ? {} : { target: shorten(name, 255) }),
    raw: { internet_exchange: id, network_service_config, connection, kind, ixapi, peeringdb, local, netbox },
  };
}
