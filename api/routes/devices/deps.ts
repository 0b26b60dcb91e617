import type { Knex } from 'knex';
import type { Config } from '../../../config/schema';
import type { Secret } from '../../../config/secret';
import type { DeviceDurations } from '../../../workflows/netbox/messages';
import { Problem } from '../../problem';
import type { Temporal } from '../../temporal/client';

/** What the API has to know of the settings that concern NetBox. */
export interface NetboxSettings {
  /** The settings without which the link is off and that are not set. */
  readonly missing: readonly string[];
  readonly roles: readonly string[];
  readonly tags: readonly string[];
  /** What webhooks are signed with; none: they are not. */
  readonly secrets: readonly Secret[];
  /** Other than the usual ones. */
  readonly durations?: DeviceDurations;
}

export interface DevicesDeps {
  readonly knex: Knex;
  readonly temporal: Temporal;
  readonly netbox: NetboxSettings;
  readonly clock: () => Date;
}

/** What the settings say. */
export const netboxSettings = (config: Config): NetboxSettings => ({
  missing: (['NETBOX_API', 'NETBOX_API_TOKEN'] as const).filter((name) => config[name] === undefined),
  roles: config.NETBOX_DEVICE_ROLES,
  tags: config.NETBOX_TAGS,
  secrets: config.NETBOX_WEBHOOK_SECRETS ?? [],
});

/** Throws a 503 that names what is missing while the link to NetBox is off. */
export function requireNetbox({ missing }: NetboxSettings): void {
  if (missing.length === 0) return;
  throw new Problem('netbox-off', `the link to NetBox is off: expected the setting ${missing.join(' and ')}`);
}
