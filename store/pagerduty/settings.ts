import type { Config } from '../../config/schema';
import type { AlertPolicy } from './hear';

/** What the settings say of what is sent to PagerDuty. No secret is in here. */
export interface PagerdutySettings extends Pick<AlertPolicy, 'enabled' | 'sendOn' | 'autoResolve'> {
  readonly source: string;
  readonly component: string;
  readonly group: string;
  /** NetBox's address and ours, for links; without a slash at the end. */
  readonly baseUrl: string | undefined;
  readonly publicUrl: string | undefined;
  readonly perMinute: number;
  readonly timeoutMs: number;
}

export const pagerdutySettings = (config: Config): PagerdutySettings => ({
  enabled: config.PAGERDUTY_ENABLED,
  sendOn: {
    event: config.PAGERDUTY_SEND_ON_EVENT_CREATE,
    'incident-created': config.PAGERDUTY_SEND_ON_INCIDENT_CREATE,
    'incident-changed': config.PAGERDUTY_SEND_ON_INCIDENT_UPDATE,
  },
  autoResolve: config.PAGERDUTY_AUTO_RESOLVE,
  source: config.PAGERDUTY_SOURCE,
  component: config.PAGERDUTY_COMPONENT,
  group: config.PAGERDUTY_GROUP,
  baseUrl: config.BASE_URL,
  publicUrl: config.PUBLIC_URL,
  perMinute: config.PAGERDUTY_RATE_LIMIT,
  timeoutMs: config.PAGERDUTY_TIMEOUT * 1000,
});
