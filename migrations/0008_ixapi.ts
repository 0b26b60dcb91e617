import type { Knex } from 'knex';

/** What exchanges tell through IX-API, and where it differs from what is known elsewhere. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE extras_ix_api (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      name text NOT NULL,
      api_url text NOT NULL,
      api_key text NOT NULL,
      api_secret bigint NOT NULL REFERENCES core_secret,
      -- The id of the account that is ours.
      identity text NOT NULL,
      created timestamptz NOT NULL,
      last_updated timestamptz NOT NULL,
      CONSTRAINT extras_ix_api_key UNIQUE (api_url, api_key)
    );

    ALTER TABLE peering_internet_exchange
      ADD ixapi_endpoint bigint CONSTRAINT peering_internet_exchange_ixapi REFERENCES extras_ix_api;
    CREATE INDEX peering_internet_exchange_ixapi_index ON peering_internet_exchange (ixapi_endpoint);

    -- Columns without a default: a lock of an instant.
    ALTER TABLE net_connection
      -- The inner one of two tags (802.1ad); the outer one is the VLAN.
      ADD inner_vlan integer CHECK (inner_vlan BETWEEN 1 AND 4094),
      -- Mbit/s.
      ADD speed bigint CHECK (speed >= 0),
      ADD mode text CHECK (mode IN ('standalone', 'lag_lacp', 'lag_static', 'flex_ethernet')),
      -- What this is at the exchange: ids of its IX-API.
      ADD ixapi_network_service_config text,
      ADD ixapi_connection text;
    CREATE UNIQUE INDEX net_connection_ixapi ON net_connection (internet_exchange_point, ixapi_network_service_config);

    -- The pair of tokens of an object, sealed, and until when each is good by our clock.
    CREATE TABLE ixapi_token (
      ix_api bigint PRIMARY KEY REFERENCES extras_ix_api ON DELETE CASCADE,
      -- Which address, key and secret it was given for: with others it is of no use.
      credentials text NOT NULL,
      generation bigint NOT NULL,
      sealed bytea NOT NULL,
      access_until timestamptz,
      refresh_until timestamptz
    );

    -- What a person wants to know about an address, a key and a secret before they are kept: sealed, and soon gone.
    CREATE TABLE ixapi_probe (
      id uuid PRIMARY KEY,
      sealed bytea NOT NULL,
      answer jsonb,
      created timestamptz NOT NULL
    );

    -- Readings of an object's lists: what an older one saw never replaces what a newer one saw.
    CREATE TABLE ixapi_reading (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      ix_api bigint NOT NULL REFERENCES extras_ix_api ON DELETE CASCADE,
      -- What it is for: a job, and which reading of it.
      key text NOT NULL CONSTRAINT ixapi_reading_key UNIQUE,
      began timestamptz NOT NULL
    );
    CREATE INDEX ixapi_reading_ix_api ON ixapi_reading (ix_api);

    -- Pages as they came, until they are published. A crash of PostgreSQL empties it, and they are read again.
    CREATE UNLOGGED TABLE ixapi_page (
      reading bigint NOT NULL,
      list text NOT NULL,
      start integer NOT NULL,
      rows integer NOT NULL,
      is_last boolean NOT NULL,
      body text NOT NULL,
      PRIMARY KEY (reading, list, start)
    );

    -- What an object showed when it was last read to the end.
    CREATE TABLE ixapi_state (
      ix_api bigint PRIMARY KEY REFERENCES extras_ix_api ON DELETE CASCADE,
      reading bigint NOT NULL,
      fetched_at timestamptz NOT NULL,
      health jsonb NOT NULL,
      version text NOT NULL,
      -- Rows that could not be read as they should: list, id, and what was wrong.
      problems jsonb NOT NULL,
      -- What was asked and how it was answered, in digests, and the digest of that and of what read it: the same again need
      -- not be written again. Null: it is not known.
      asked jsonb,
      digest text
    );
    CREATE TABLE ixapi_object (
      ix_api bigint NOT NULL REFERENCES extras_ix_api ON DELETE CASCADE,
      collection text NOT NULL,
      id text NOT NULL,
      -- The network service that it belongs to, and the account that consumes it, where it has such.
      network_service text,
      consuming_account text,
      document jsonb NOT NULL,
      -- Of the document as it was written: the same need not be written again.
      digest text NOT NULL,
      PRIMARY KEY (ix_api, collection, id)
    );
    CREATE INDEX ixapi_object_service ON ixapi_object (ix_api, network_service);

    -- Configs that are to be imported as soon as they have addresses.
    CREATE TABLE ixapi_follow (
      internet_exchange bigint NOT NULL REFERENCES peering_internet_exchange ON DELETE CASCADE,
      network_service_config text NOT NULL,
      reason text NOT NULL,
      since timestamptz NOT NULL,
      PRIMARY KEY (internet_exchange, network_service_config)
    );

    -- The interface that has a connection's addresses on its router's NetBox device, as it was last read.
    CREATE TABLE ixapi_netbox_port (
      connection bigint PRIMARY KEY REFERENCES net_connection ON DELETE CASCADE,
      port jsonb,
      read_at timestamptz NOT NULL
    );

    -- Where sources differ. Without a foreign key to the exchange: what was reported is taken back when that is gone.
    CREATE TABLE ixapi_drift (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      internet_exchange bigint NOT NULL,
      network_service_config text NOT NULL,
      connection bigint,
      kind text NOT NULL,
      severity text NOT NULL CHECK (severity IN ('critical', 'warning', 'info')),
      message text NOT NULL,
      -- What each source says, null where it says nothing; and when it said so, where the comparison does not know.
      ixapi jsonb,
      peeringdb jsonb,
      local jsonb,
      local_at timestamptz,
      netbox jsonb,
      netbox_at timestamptz,
      -- Whether an event tells of it.
      is_reported boolean NOT NULL,
      first_seen timestamptz NOT NULL,
      CONSTRAINT ixapi_drift_kind UNIQUE (internet_exchange, network_service_config, kind)
    );

    -- When an exchange was last compared, and how old what it was compared with was.
    CREATE TABLE ixapi_comparison (
      internet_exchange bigint PRIMARY KEY REFERENCES peering_internet_exchange ON DELETE CASCADE,
      compared_at timestamptz NOT NULL,
      ixapi_at timestamptz,
      peeringdb_at timestamptz,
      -- A digest of all that was compared: the same again differs in the same. Null: it is not known.
      compared text
    );
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TABLE ixapi_comparison, ixapi_drift, ixapi_netbox_port, ixapi_follow, ixapi_object, ixapi_state, ixapi_page, ixapi_reading,
      ixapi_probe, ixapi_token;
    ALTER TABLE net_connection DROP inner_vlan, DROP speed, DROP mode, DROP ixapi_network_service_config,
      DROP ixapi_connection;
    ALTER TABLE peering_internet_exchange DROP ixapi_endpoint;
    DROP TABLE extras_ix_api;
  `);
}
