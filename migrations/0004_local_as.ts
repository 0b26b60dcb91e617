import type { Knex } from 'knex';

/**
 * The local AS of an internet exchange is affiliated, and stays so as long as it has exchanges: else our own network
 * would be among the peers to be won. Locks both tables for an instant.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    UPDATE peering_autonomous_system a SET affiliated = true, last_updated = now()
      WHERE NOT a.affiliated AND EXISTS (SELECT FROM peering_internet_exchange x WHERE x.local_autonomous_system = a.id);
    ALTER TABLE peering_autonomous_system
      ADD CONSTRAINT peering_autonomous_system_affiliated UNIQUE (id, affiliated);
    ALTER TABLE peering_internet_exchange
      ADD local_as_affiliated boolean NOT NULL GENERATED ALWAYS AS (true) STORED,
      DROP CONSTRAINT peering_internet_exchange_local_as;
    ALTER TABLE peering_internet_exchange
      ADD CONSTRAINT peering_internet_exchange_local_as FOREIGN KEY (local_autonomous_system, local_as_affiliated)
        REFERENCES peering_autonomous_system (id, affiliated);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE peering_internet_exchange DROP local_as_affiliated;
    ALTER TABLE peering_internet_exchange
      ADD CONSTRAINT peering_internet_exchange_local_as
        FOREIGN KEY (local_autonomous_system) REFERENCES peering_autonomous_system;
    ALTER TABLE peering_autonomous_system DROP CONSTRAINT peering_autonomous_system_affiliated;
  `);
}
