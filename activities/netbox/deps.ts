import type { Knex } from 'knex';
import type { ConvergePolicy } from '../../store/netbox/converge';
import type { DeviceHint } from '../../workflows/netbox/messages';
import type { Logger } from '../shared/logger';
import type { NetboxClient } from './client';

/** What activities tell other workflows. */
export interface NetboxWorkflows {
  /** Tells the workflow of a device, and starts it if it does not run. */
  hint(deviceId: number, hint: DeviceHint): Promise<void>;
  /** Starts the workflow that waits for a person, unless it runs. */
  startGuard(): Promise<void>;
}

/** What the NetBox activities work with. */
export interface NetboxDeps {
  readonly knex: Knex;
  /** Undefined: NETBOX_API or NETBOX_API_TOKEN is not set. */
  readonly client: NetboxClient | undefined;
  readonly workflows: NetboxWorkflows;
  readonly policy: ConvergePolicy;
  /** How long after a change was seen its webhook counts as missed, in milliseconds. */
  readonly missedAfterMs: number;
  readonly clock: () => Date;
  readonly log: Logger;
}
