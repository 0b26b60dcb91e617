import type { Knex } from 'knex';
import type { JoinSettings } from '../../store/incidents/join';
import type { Vault } from '../../store/secrets';
import type { NetboxClient } from '../netbox/client';
import type { Logger } from '../shared/logger';
import type { IxapiHttp } from './http/ask';

/** What the IX-API activities work with. */
export interface IxapiDeps {
  readonly knex: Knex;
  readonly vault: Vault;
  readonly http: IxapiHttp;
  /** Undefined: NETBOX_API or NETBOX_API_TOKEN is not set. */
  readonly netbox: NetboxClient | undefined;
  /** IXAPI_DRIFT_EVENTS, and how events join incidents. */
  readonly driftEvents: boolean;
  readonly join: JoinSettings;
  readonly clock: () => Date;
  readonly log: Logger;
}
