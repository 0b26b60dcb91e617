import type { Knex } from 'knex';

/**
 * Own records of peering: autonomous systems, internet exchanges, connections and sessions. What they know of PeeringDB is
 * kept as plain ids, without foreign keys: the cache can be emptied at any time.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE peering_autonomous_system (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      asn bigint NOT NULL CONSTRAINT peering_autonomous_system_asn UNIQUE CHECK (asn BETWEEN 1 AND 4294967295),
      name text NOT NULL,
      name_peeringdb_sync boolean NOT NULL,
      description text NOT NULL,
      affiliated boolean NOT NULL,
      irr_as_set text NOT NULL,
      irr_as_set_peeringdb_sync boolean NOT NULL,
      ipv4_max_prefixes integer,
      ipv4_max_prefixes_peeringdb_sync boolean NOT NULL,
      ipv6_max_prefixes integer,
      ipv6_max_prefixes_peeringdb_sync boolean NOT NULL,
      comments text NOT NULL,
      created timestamptz NOT NULL,
      last_updated timestamptz NOT NULL
    );

    CREATE TABLE peering_internet_exchange (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      name text NOT NULL,
      slug text NOT NULL CONSTRAINT peering_internet_exchange_slug UNIQUE,
      status text NOT NULL CHECK (status IN ('enabled', 'maintenance', 'disabled')),
      description text NOT NULL,
      local_autonomous_system bigint NOT NULL
        CONSTRAINT peering_internet_exchange_local_as REFERENCES peering_autonomous_system,
      peeringdb_ixlan integer,
      comments text NOT NULL,
      created timestamptz NOT NULL,
      last_updated timestamptz NOT NULL,
      CONSTRAINT peering_internet_exchange_ixlan UNIQUE (peeringdb_ixlan, local_autonomous_system)
    );
    CREATE INDEX peering_internet_exchange_local_as_index ON peering_internet_exchange (local_autonomous_system);

    CREATE TABLE net_connection (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      internet_exchange_point bigint NOT NULL
        CONSTRAINT net_connection_exchange REFERENCES peering_internet_exchange,
      status text NOT NULL CHECK (status IN ('enabled', 'maintenance', 'disabled')),
      description text NOT NULL,
      vlan integer CHECK (vlan BETWEEN 1 AND 4094),
      mac_address macaddr,
      -- With the prefix length of the LAN.
      ipv4_address inet CHECK (family(ipv4_address) = 4),
      ipv6_address inet CHECK (family(ipv6_address) = 6),
      -- The port that this is in PeeringDB, and what became of it; renewed after every publication.
      peeringdb_netixlan integer,
      peeringdb_state text NOT NULL DEFAULT 'unlinked'
        CHECK (peeringdb_state IN ('unlinked', 'linked', 'renumbered', 'vanished')),
      comments text NOT NULL,
      created timestamptz NOT NULL,
      last_updated timestamptz NOT NULL
    );
    -- A port's address is there once, whatever prefix length is written to it.
    CREATE UNIQUE INDEX net_connection_ipv4 ON net_connection (internet_exchange_point, host(ipv4_address));
    CREATE UNIQUE INDEX net_connection_ipv6 ON net_connection (internet_exchange_point, host(ipv6_address));
    CREATE INDEX net_connection_netixlan ON net_connection (peeringdb_netixlan);

    CREATE TABLE peering_ixp_session (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      autonomous_system bigint NOT NULL CONSTRAINT peering_ixp_session_as REFERENCES peering_autonomous_system,
      ixp_connection bigint NOT NULL CONSTRAINT peering_ixp_session_connection REFERENCES net_connection,
      ip_address inet NOT NULL CHECK (masklen(ip_address) = CASE family(ip_address) WHEN 4 THEN 32 ELSE 128 END),
      is_route_server boolean NOT NULL,
      status text NOT NULL,
      description text NOT NULL,
      comments text NOT NULL,
      created timestamptz NOT NULL,
      last_updated timestamptz NOT NULL,
      CONSTRAINT peering_ixp_session_address UNIQUE (ixp_connection, ip_address)
    );
    CREATE INDEX peering_ixp_session_as_index ON peering_ixp_session (autonomous_system);
    CREATE INDEX peering_ixp_session_ip_address ON peering_ixp_session (ip_address);

    -- What a publication changed of own records. Columns without a default: a lock of an instant.
    ALTER TABLE peeringdb_synchronisation ADD records jsonb;
    -- By which a hidden network is found again when it is re-created under another id.
    ALTER TABLE peeringdb_hidden_peer ADD asn bigint;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('ALTER TABLE peeringdb_hidden_peer DROP asn; ALTER TABLE peeringdb_synchronisation DROP records');
  await knex.raw(
    'DROP TABLE peering_ixp_session, net_connection, peering_internet_exchange, peering_autonomous_system',
  );
}
