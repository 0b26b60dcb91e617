import type { Knex } from 'knex';
import type { IncidentSettings } from '../incidents/deps';

export interface PeeringDeps {
  readonly knex: Knex;
  /** What the settings say of incidents: what is told of an exchange's drift is taken back with it. */
  readonly incidents: Pick<IncidentSettings, 'join'>;
}
