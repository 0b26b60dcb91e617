import type { Knex } from 'knex';
import { renewRecords } from '../../store/peering/renew';
import type { PeeringActivities } from '../../workflows/peering/activities';

/** What these activities work with. */
export interface PeeringDeps {
  readonly knex: Knex;
  readonly clock: () => Date;
}

/** The activities that concern own records of peering. */
export const createPeeringActivities = ({ knex, clock }: PeeringDeps): PeeringActivities => ({
  async renewRecords({ synchronisation }) {
    const { links, autonomous_systems } = await renewRecords(knex, synchronisation, clock());
    return { links, autonomous_systems: autonomous_systems.length };
  },
});
