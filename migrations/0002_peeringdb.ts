import type { Knex } from 'knex';

const TAGS = [
  'org',
  'campus',
  'fac',
  'carrier',
  'carrierfac',
  'net',
  'ix',
  'ixfac',
  'ixlan',
  'ixpfx',
  'netfac',
  'netixlan',
  'poc',
];

/** The published rows: status ok, one table a type, fields as PeeringDB names them, what is not known yet in `extra`. */
const CACHE = `
    CREATE TABLE peeringdb_org (
      id integer PRIMARY KEY, name text NOT NULL, aka text, name_long text, website text, social_media jsonb,
      notes text, logo text, address1 text, address2 text, city text, country text, state text, zipcode text,
      floor text, suite text, latitude double precision, longitude double precision,
      created timestamptz NOT NULL, updated timestamptz NOT NULL, extra jsonb
    );
    CREATE TABLE peeringdb_campus (
      id integer PRIMARY KEY, org_id integer NOT NULL, org_name text, name text NOT NULL, aka text,
      name_long text, website text, social_media jsonb, notes text, country text, city text, zipcode text,
      state text, logo text, created timestamptz NOT NULL, updated timestamptz NOT NULL, extra jsonb
    );
    CREATE TABLE peeringdb_fac (
      id integer PRIMARY KEY, org_id integer NOT NULL, org_name text, campus_id integer, name text NOT NULL,
      aka text, name_long text, website text, social_media jsonb, clli text, rencode text, npanxx text,
      notes text, net_count integer, ix_count integer, carrier_count integer, sales_email text,
      sales_phone text, tech_email text, tech_phone text, available_voltage_services jsonb,
      diverse_serving_substations boolean, property text, region_continent text, status_dashboard text,
      logo text, address1 text, address2 text, city text, country text, state text, zipcode text, floor text,
      suite text, latitude double precision, longitude double precision, created timestamptz NOT NULL,
      updated timestamptz NOT NULL, extra jsonb
    );
    CREATE TABLE peeringdb_carrier (
      id integer PRIMARY KEY, org_id integer NOT NULL, org_name text, name text NOT NULL, aka text,
      name_long text, website text, social_media jsonb, notes text, fac_count integer, logo text,
      created timestamptz NOT NULL, updated timestamptz NOT NULL, extra jsonb
    );
    CREATE TABLE peeringdb_carrierfac (
      id integer PRIMARY KEY, name text, carrier_id integer NOT NULL, fac_id integer NOT NULL,
      created timestamptz NOT NULL, updated timestamptz NOT NULL, extra jsonb
    );
    CREATE TABLE peeringdb_net (
      id integer PRIMARY KEY, org_id integer NOT NULL, name text NOT NULL, aka text, name_long text,
      website text, social_media jsonb, asn bigint NOT NULL, looking_glass text, route_server text,
      irr_as_set text, info_type text, info_types jsonb, info_prefixes4 integer, info_prefixes6 integer,
      info_traffic text, info_ratio text, info_scope text, info_unicast boolean, info_multicast boolean,
      info_ipv6 boolean, info_never_via_route_servers boolean, ix_count integer, fac_count integer, notes text,
      netixlan_updated timestamptz, netfac_updated timestamptz, poc_updated timestamptz, policy_url text,
      policy_general text, policy_locations text, policy_ratio boolean, policy_contracts text,
      allow_ixp_update boolean, ixp_update_exclude_speed boolean, ixp_update_exclude_is_rs_peer boolean,
      ixp_update_exclude_operational boolean, status_dashboard text, rir_status text,
      rir_status_updated timestamptz, logo text, created timestamptz NOT NULL, updated timestamptz NOT NULL, extra jsonb
    );
    CREATE TABLE peeringdb_ix (
      id integer PRIMARY KEY, org_id integer NOT NULL, name text NOT NULL, aka text, name_long text, city text,
      country text, region_continent text, media text, notes text, proto_unicast boolean,
      proto_multicast boolean, proto_ipv6 boolean, website text, social_media jsonb, url_stats text,
      tech_email text, tech_phone text, policy_email text, policy_phone text, sales_phone text,
      sales_email text, net_count integer, fac_count integer, ixf_net_count integer,
      ixf_last_import timestamptz, ixf_import_request timestamptz, ixf_import_request_status text,
      service_level text, terms text, status_dashboard text, logo text, created timestamptz NOT NULL,
      updated timestamptz NOT NULL, extra jsonb
    );
    CREATE TABLE peeringdb_ixfac (
      id integer PRIMARY KEY, name text, city text, country text, ix_id integer NOT NULL,
      fac_id integer NOT NULL, created timestamptz NOT NULL, updated timestamptz NOT NULL, extra jsonb
    );
    CREATE TABLE peeringdb_ixlan (
      id integer PRIMARY KEY, ix_id integer NOT NULL, name text, descr text, mtu integer, dot1q_support boolean,
      rs_asn bigint, arp_sponge text, ixf_ixp_member_list_url text, ixf_ixp_member_list_url_visible text,
      ixf_ixp_import_enabled boolean, created timestamptz NOT NULL, updated timestamptz NOT NULL, extra jsonb
    );
    CREATE TABLE peeringdb_ixpfx (
      id integer PRIMARY KEY, ixlan_id integer NOT NULL, protocol text, prefix cidr NOT NULL, in_dfz boolean,
      created timestamptz NOT NULL, updated timestamptz NOT NULL, extra jsonb
    );
    CREATE TABLE peeringdb_netfac (
      id integer PRIMARY KEY, name text, city text, country text, net_id integer NOT NULL,
      fac_id integer NOT NULL, local_asn bigint, created timestamptz NOT NULL, updated timestamptz NOT NULL, extra jsonb
    );
    CREATE TABLE peeringdb_netixlan (
      id integer PRIMARY KEY, net_id integer NOT NULL, ix_id integer, name text, ixlan_id integer NOT NULL,
      notes text, speed integer, asn bigint NOT NULL, ipaddr4 inet, ipaddr6 inet, is_rs_peer boolean,
      bfd_support boolean, operational boolean, net_side_id integer, ix_side_id integer,
      created timestamptz NOT NULL, updated timestamptz NOT NULL, extra jsonb
    );
    CREATE TABLE peeringdb_poc (
      id integer PRIMARY KEY, net_id integer NOT NULL, role text, visible text, name text, phone text,
      email text, url text, created timestamptz NOT NULL, updated timestamptz NOT NULL, extra jsonb, unconfirmed_since timestamptz
    );
`;

/** No UNIQUE beyond the primary keys: addresses are swapped and ASNs re-created within one batch. */
const INDEXES = {
  campus: ['org_id'],
  fac: ['org_id', 'campus_id'],
  carrier: ['org_id'],
  carrierfac: ['carrier_id', 'fac_id'],
  net: ['org_id', 'asn'],
  ix: ['org_id'],
  ixfac: ['ix_id', 'fac_id'],
  ixlan: ['ix_id'],
  ixpfx: ['ixlan_id'],
  netfac: ['net_id', 'fac_id'],
  netixlan: ['net_id', 'ixlan_id', 'asn', 'ipaddr4', 'ipaddr6'],
  poc: ['net_id'],
};

/** What the cache is, what it was told, and how a synchronisation works towards the next snapshot. */
const BOOKKEEPING = `
    CREATE TABLE peeringdb_synchronisation (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      job_id uuid NOT NULL UNIQUE,
      mode text NOT NULL CHECK (mode IN ('incremental', 'full', 'flush')),
      status text NOT NULL CHECK (status IN ('running', 'completed', 'failed', 'canceled')),
      -- Who asked: 'anonymous', or a keyed hash of the API key.
      identity text NOT NULL,
      started timestamptz NOT NULL,
      finished timestamptz,
      created integer NOT NULL DEFAULT 0,
      updated integer NOT NULL DEFAULT 0,
      deleted integer NOT NULL DEFAULT 0,
      unchanged integer NOT NULL DEFAULT 0,
      quarantined integer NOT NULL DEFAULT 0,
      objects jsonb NOT NULL DEFAULT '{}',
      summary text,
      error jsonb
    );

    -- One row. Its lock is the fence: whoever publishes or empties the cache holds it.
    CREATE TABLE peeringdb_state (
      singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
      -- The synchronisation whose rows are published; null while the cache is empty.
      snapshot bigint,
      published timestamptz,
      -- Who asked when the rows were last compared whole.
      identity text,
      last_full timestamptz
    );
    INSERT INTO peeringdb_state DEFAULT VALUES;

    CREATE TABLE peeringdb_object (
      tag text PRIMARY KEY,
      row_count integer NOT NULL DEFAULT 0,
      -- The newest \`updated\` that upstream told of this type.
      cursor timestamptz,
      -- The age of the newest list that was compared.
      list_generated timestamptz
    );
    INSERT INTO peeringdb_object (tag) SELECT unnest(string_to_array('${TAGS.join(',')}', ','));

    -- Rows that upstream told to be deleted (or pending), so that no older answer brings them back.
    CREATE TABLE peeringdb_tombstone (
      tag text NOT NULL,
      id integer NOT NULL,
      updated timestamptz NOT NULL,
      PRIMARY KEY (tag, id)
    );

    CREATE TABLE peeringdb_quarantine (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      tag text NOT NULL,
      -- The row's id, or a hash of the row where it has no usable one.
      key text NOT NULL,
      peeringdb_id integer,
      updated timestamptz,
      kind text NOT NULL CHECK (kind IN ('rule', 'parent')),
      reason text NOT NULL,
      -- json, not jsonb: it keeps a NUL as PeeringDB sent it.
      data json NOT NULL,
      first_seen timestamptz NOT NULL,
      last_tried timestamptz NOT NULL,
      -- The synchronisation in which upstream last sent this version.
      told bigint NOT NULL,
      UNIQUE (tag, key)
    );

    -- Parents that upstream was asked for in vain.
    CREATE TABLE peeringdb_missing_parent (
      tag text NOT NULL,
      id integer NOT NULL,
      asked timestamptz NOT NULL,
      PRIMARY KEY (tag, id)
    );

    -- Bodies as they came, gzipped, until their rows are published: what was fetched once is not fetched again.
    CREATE TABLE peeringdb_body (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      synchronisation bigint NOT NULL REFERENCES peeringdb_synchronisation ON DELETE CASCADE,
      tag text NOT NULL,
      part text NOT NULL,
      -- 0 changes, 1 a whole list.
      rank smallint NOT NULL,
      identity text NOT NULL,
      fetched timestamptz NOT NULL,
      complete boolean NOT NULL DEFAULT false,
      bytes bigint NOT NULL DEFAULT 0,
      UNIQUE (synchronisation, tag, part)
    );
    CREATE TABLE peeringdb_body_chunk (
      body bigint NOT NULL REFERENCES peeringdb_body ON DELETE CASCADE,
      seq integer NOT NULL,
      data bytea NOT NULL,
      PRIMARY KEY (body, seq)
    );
    ALTER TABLE peeringdb_body_chunk ALTER data SET STORAGE EXTERNAL;

    -- What stands in the staging tables. Unlogged like them: after a crash of PostgreSQL both are empty, and are filled
    -- again from the bodies.
    CREATE UNLOGGED TABLE peeringdb_staged (
      body bigint PRIMARY KEY,
      rows integer NOT NULL,
      newest timestamptz,
      generated timestamptz
    );
    CREATE UNLOGGED TABLE peeringdb_staging_invalid (
      body bigint NOT NULL, rank smallint NOT NULL, tag text NOT NULL, key text NOT NULL, id integer,
      updated timestamptz, reason text NOT NULL, data json NOT NULL
    );

    -- The published limits, kept over all workers: the last minute's requests, and when an anonymous client last got a
    -- full list.
    CREATE TABLE peeringdb_budget (
      singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
      made timestamptz[] NOT NULL DEFAULT '{}',
      granted boolean NOT NULL DEFAULT true
    );
    INSERT INTO peeringdb_budget DEFAULT VALUES;
    CREATE TABLE peeringdb_list_request (url text PRIMARY KEY, fetched timestamptz NOT NULL);

    -- Own records: networks not to be shown among the available peers of an exchange. No foreign key into the cache.
    CREATE TABLE peeringdb_hidden_peer (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      peeringdb_network integer NOT NULL,
      peeringdb_ixlan integer NOT NULL,
      until timestamptz,
      comments text NOT NULL DEFAULT '',
      created timestamptz NOT NULL DEFAULT now(),
      last_updated timestamptz NOT NULL DEFAULT now(),
      UNIQUE (peeringdb_network, peeringdb_ixlan)
    );
`;

/** New tables only: no lock on anything in use. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(CACHE);
  for (const [tag, columns] of Object.entries(INDEXES)) {
    for (const column of columns)
      await knex.raw(`CREATE INDEX peeringdb_${tag}_${column} ON peeringdb_${tag} (${column})`);
  }
  await knex.raw(BOOKKEEPING);
  for (const tag of TAGS) {
    // The columns of the cache without its constraints: a tombstone has little more than an id.
    await knex.raw(`
      CREATE UNLOGGED TABLE peeringdb_staging_${tag} AS SELECT * FROM peeringdb_${tag} WITH NO DATA;
      ALTER TABLE peeringdb_staging_${tag}
        ADD body bigint NOT NULL, ADD rank smallint NOT NULL, ADD status text NOT NULL;
      -- Changes are looked up by id; lists are only ever read whole, and copied in faster without an index.
      CREATE INDEX peeringdb_staging_${tag}_change ON peeringdb_staging_${tag} (id) WHERE rank = 0;
    `);
  }
}

export async function down(knex: Knex): Promise<void> {
  const tables = [
    ...TAGS.flatMap((tag) => [`peeringdb_${tag}`, `peeringdb_staging_${tag}`]),
    'peeringdb_hidden_peer',
    'peeringdb_list_request',
    'peeringdb_budget',
    'peeringdb_staging_invalid',
    'peeringdb_staged',
    'peeringdb_body_chunk',
    'peeringdb_body',
    'peeringdb_missing_parent',
    'peeringdb_quarantine',
    'peeringdb_tombstone',
    'peeringdb_object',
    'peeringdb_state',
    'peeringdb_synchronisation',
  ];
  await knex.raw(`DROP TABLE ${tables.join(', ')}`);
}
