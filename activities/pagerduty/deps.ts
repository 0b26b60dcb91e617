import type { Knex } from 'knex';
import type { Secret } from '../../config/secret';
import type { PagerdutySettings } from '../../store/pagerduty/settings';
import type { Vault } from '../../store/secrets';
import type { Logger } from '../shared/logger';
import type { EventsClient } from './post';
import type { RestClient } from './rest';

/** What the PagerDuty activities work with. */
export interface PagerdutyDeps {
  readonly knex: Knex;
  readonly vault: Vault;
  readonly client: EventsClient;
  /** Undefined: PAGERDUTY_API_TOKEN is not set. */
  readonly rest?: RestClient | undefined;
  readonly settings: PagerdutySettings;
  /** PAGERDUTY_ROUTING_KEY. */
  readonly routingKey: Secret | undefined;
  readonly clock: () => Date;
  /** The logger `business_application.pagerduty`. */
  readonly log: Logger;
}
