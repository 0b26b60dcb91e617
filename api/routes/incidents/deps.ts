import type { Knex } from 'knex';
import type { Config } from '../../../config/schema';
import type { Secret } from '../../../config/secret';
import { joinSettings, type JoinSettings } from '../../../store/incidents/join';
import { pagerdutySettings, type PagerdutySettings } from '../../../store/pagerduty/settings';
import type { Who } from '../../../store/incidents/who';
import type { Vault } from '../../../store/secrets';
import type { Context } from '../../http/endpoint';
import { Problem } from '../../problem';
import type { Temporal } from '../../temporal/client';

/** Where the plugin has events, incidents and what belongs to them. */
export const BUSINESS = '/api/plugins/business-application/';

/** What the API has to know of the settings that concern incidents and PagerDuty. */
export interface IncidentSettings {
  readonly pagerduty: PagerdutySettings;
  readonly join: JoinSettings;
  /** PAGERDUTY_ROUTING_KEY. */
  readonly routingKey: Secret | undefined;
  /** What PagerDuty's webhooks are signed with, and what NetBox's are; none: PagerDuty's are refused, NetBox's taken. */
  readonly webhookSecrets: readonly Secret[];
  readonly netboxSecrets: readonly Secret[];
  /** PAGERDUTY_API_TOKEN is set. */
  readonly hasApiToken: boolean;
}

export interface IncidentsDeps {
  readonly knex: Knex;
  readonly temporal: Temporal;
  readonly clock: () => Date;
  readonly vault: Vault;
  readonly incidents: IncidentSettings;
  /** Lets alerts' workflows be told of what was committed. */
  readonly tell: () => void;
}

/** What the settings say. */
export const incidentSettings = (config: Config): IncidentSettings => ({
  pagerduty: pagerdutySettings(config),
  join: joinSettings(config),
  routingKey: config.PAGERDUTY_ROUTING_KEY,
  webhookSecrets: config.PAGERDUTY_WEBHOOK_SECRETS ?? [],
  netboxSecrets: config.NETBOX_WEBHOOK_SECRETS ?? [],
  hasApiToken: config.PAGERDUTY_API_TOKEN !== undefined,
});

/** Throws a 400 that names the setting while nothing is sent to PagerDuty. */
export function requirePagerduty({ pagerduty }: IncidentSettings): void {
  if (pagerduty.enabled) return;
  throw new Problem('pagerduty-off', 'nothing is sent to PagerDuty: expected the setting PAGERDUTY_ENABLED');
}

/** Who does something by a request, and when. */
export const whoOf = ({ actor, now }: Pick<Context, 'actor' | 'now'>): Who => ({ actor: actor?.name ?? '', now });
