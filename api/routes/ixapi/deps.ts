import type { Knex } from 'knex';
import type { Vault } from '../../../store/secrets';
import type { IxapiDurations } from '../../../workflows/ixapi/messages';
import type { Temporal } from '../../temporal/client';

/** Where IX-API objects are, and what one shows of an exchange that is linked to it. */
export const IX_API_PATH = '/api/extras/ix-api/';
export const EXCHANGE_IX_API = '/api/peering/internet-exchanges/{id}/ix-api/';

/** What may be said to the workflows of IX-API. */
export interface IxapiSettings {
  /** Other than the usual ones. */
  readonly durations?: IxapiDurations;
}

export interface IxapiDeps {
  readonly knex: Knex;
  readonly temporal: Temporal;
  readonly vault: Vault;
  readonly clock: () => Date;
  readonly ixapi?: IxapiSettings;
}
