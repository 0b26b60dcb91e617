import type { State } from '../model';
import { SUB_ACCOUNT } from './accounts';

/** How one configuration of an exchange LAN is to be; what is left out is as with most. */
export interface MemberCase {
  readonly name: string;
  readonly state?: State;
  readonly vlan?: 'dot1q' | 'qinq' | 'port';
  readonly families?: readonly (4 | 6)[];
  readonly capacity?: number;
  /** How many ports the connection bundles, and how fast each is. */
  readonly ports?: number;
  readonly speed?: number;
  readonly macs?: readonly MacKind[];
  /** When the addresses are valid; 'deferred' has none yet. */
  readonly ips?: 'valid' | 'expired' | 'future' | 'deferred';
  readonly status?: readonly [severity: number, tag: string, message: string];
  readonly decommissionAt?: string;
  /** Which route servers are configured. */
  readonly routeServers?: 'all' | 'none';
  readonly account?: string;
  /** Which LAN, from 0. */
  readonly exchange?: number;
  /** Uses the connection of the case of this name. */
  readonly connectionOf?: string;
}

export type MacKind = 'valid' | 'upper-case' | 'expired' | 'future';

const GONE = { routeServers: 'none', decommissionAt: '2026-03-31' } as const;

/** The configurations that are there first, each for one thing that an importing client has to get right. */
export const CASES: readonly MemberCase[] = [
  { name: 'production', ports: 2, speed: 100_000 },
  { name: 'untagged', vlan: 'port' },
  { name: 'qinq', vlan: 'qinq' },
  { name: 'ipv4-only', families: [4] },
  { name: 'ipv6-only', families: [6] },
  { name: 'rate-limited', capacity: 1000 },
  { name: 'upper-case-mac', macs: ['upper-case'] },
  { name: 'old-mac', macs: ['expired', 'valid'] },
  {
    name: 'requested',
    state: 'requested',
    ips: 'deferred',
    macs: [],
    routeServers: 'none',
    status: [5, 'allocation_pending', 'addresses will be allocated by the exchange'],
  },
  { name: 'allocated', state: 'allocated', routeServers: 'none' },
  {
    name: 'testing',
    state: 'testing',
    routeServers: 'none',
    status: [4, 'feature_required', 'a route server has to be configured before production'],
  },
  { name: 'change-pending', state: 'production_change_pending', macs: ['valid', 'future'] },
  { name: 'decommission-requested', state: 'decommission_requested', decommissionAt: '2040-06-30' },
  { name: 'decommissioned', state: 'decommissioned', ips: 'expired', ...GONE },
  { name: 'archived', state: 'archived', ips: 'expired', ...GONE },
  { name: 'error', state: 'error', status: [3, 'provisioning_failed', 'the port could not be configured'] },
  { name: 'expired-ips', ips: 'expired' },
  { name: 'future-ips', ips: 'future' },
  { name: 'operator', state: 'operator', status: [5, 'operator', 'a person at the exchange is looking at it'] },
  { name: 'scheduled', state: 'scheduled', ips: 'future' },
  { name: 'second-lan', exchange: 1, connectionOf: 'production' },
  { name: 'sub-account', account: SUB_ACCOUNT },
];
