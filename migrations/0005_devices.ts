import type { Knex } from 'knex';

/**
 * Routers and platforms, and what is remembered of NetBox: its devices as they were last read, the requests whose effect
 * was compared, what its change log says, plans, and what the guard holds back. New tables, and one column without a
 * default: locks of an instant.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE devices_platform (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      name text NOT NULL CONSTRAINT devices_platform_name UNIQUE,
      slug text NOT NULL CONSTRAINT devices_platform_slug UNIQUE,
      description text NOT NULL,
      created timestamptz NOT NULL,
      last_updated timestamptz NOT NULL
    );
    INSERT INTO devices_platform (name, slug, description, created, last_updated) VALUES
      ('Arista EOS', 'arista-eos', '', now(), now()),
      ('Cisco IOS', 'cisco-ios', '', now(), now()),
      ('Cisco IOS-XR', 'cisco-iosxr', '', now(), now()),
      ('Cisco NX-OS', 'cisco-nxos', '', now(), now()),
      ('Juniper Junos', 'juniper-junos', '', now(), now());

    CREATE TABLE devices_router (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      name text NOT NULL,
      hostname text NOT NULL,
      platform bigint CONSTRAINT devices_router_platform REFERENCES devices_platform,
      status text NOT NULL CHECK (status IN ('enabled', 'maintenance', 'disabled')),
      description text NOT NULL,
      comments text NOT NULL,
      local_context_data jsonb,
      primary_ip4 inet CHECK (family(primary_ip4) = 4),
      primary_ip6 inet CHECK (family(primary_ip6) = 6),
      site text,
      tags jsonb NOT NULL,
      custom_fields jsonb NOT NULL,
      netbox_device_id bigint CONSTRAINT devices_router_netbox_device UNIQUE
        CHECK (netbox_device_id BETWEEN 1 AND 9007199254740991),
      state text NOT NULL CHECK (state IN ('local', 'linked', 'in_sync', 'platform_unknown', 'platform_missing',
        'out_of_scope', 'not_visible', 'deleted', 'deleted_in_netbox')),
      -- The slug of the device's platform, whether there is such a platform here or not.
      netbox_platform text,
      -- What the status was before the device left the scope, was hidden or deleted.
      status_before text,
      -- When a deleted router is removed.
      delete_after timestamptz,
      created timestamptz NOT NULL,
      last_updated timestamptz NOT NULL
    );
    CREATE INDEX devices_router_name ON devices_router (lower(name));
    CREATE INDEX devices_router_hostname ON devices_router (lower(hostname));
    CREATE INDEX devices_router_ip4 ON devices_router (host(primary_ip4));
    CREATE INDEX devices_router_ip6 ON devices_router (host(primary_ip6));
    CREATE INDEX devices_router_platform_index ON devices_router (platform);
    CREATE INDEX devices_router_netbox_platform ON devices_router (netbox_platform) WHERE state = 'platform_unknown';

    ALTER TABLE net_connection ADD router bigint CONSTRAINT net_connection_router REFERENCES devices_router;
    CREATE INDEX net_connection_router_index ON net_connection (router);

    -- What became of routers: kept when they are gone.
    CREATE TABLE devices_router_audit (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      router bigint NOT NULL,
      netbox_device_id bigint,
      time timestamptz NOT NULL,
      action text NOT NULL,
      -- By field: {"from": …, "to": …}.
      changes jsonb NOT NULL,
      -- Which layer found it, and by which request of NetBox's and whose it was.
      layer text NOT NULL,
      request_id text,
      username text,
      -- Whether a person confirmed what the guard held back.
      confirmed boolean NOT NULL
    );
    CREATE INDEX devices_router_audit_router ON devices_router_audit (router, id);
    CREATE INDEX devices_router_audit_guard ON devices_router_audit (time)
      WHERE action IN ('disabled', 'deleted') AND NOT confirmed;

    -- A router that is there already and looks like a device: for a person to say whether it is.
    CREATE TABLE devices_adoption (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      netbox_device_id bigint NOT NULL CONSTRAINT devices_adoption_device UNIQUE,
      router bigint NOT NULL CONSTRAINT devices_adoption_router REFERENCES devices_router ON DELETE CASCADE,
      reason text NOT NULL,
      state text NOT NULL CHECK (state IN ('proposed', 'rejected')),
      created timestamptz NOT NULL
    );
    CREATE INDEX devices_adoption_router_index ON devices_adoption (router);

    -- Devices whose router was deleted here, and that must not come back by themselves.
    CREATE TABLE devices_exclusion (
      netbox_device_id bigint PRIMARY KEY,
      name text NOT NULL,
      created timestamptz NOT NULL,
      created_by text NOT NULL
    );

    -- The order in which readings of NetBox began: what an older one saw never replaces what a newer one saw.
    CREATE SEQUENCE netbox_reading;

    CREATE TABLE netbox_device (
      id bigint PRIMARY KEY,
      name text,
      display text NOT NULL,
      primary_ip4 inet,
      primary_ip6 inet,
      in_scope boolean NOT NULL,
      last_updated timestamptz,
      reading bigint NOT NULL,
      read_at timestamptz NOT NULL,
      -- The reading by which its router was last made what it should be.
      converged bigint NOT NULL DEFAULT 0
    );
    CREATE INDEX netbox_device_display ON netbox_device (lower(display));

    CREATE TABLE netbox_role (
      slug text PRIMARY KEY,
      parent text
    );

    -- Hints that Temporal could not take yet.
    CREATE TABLE netbox_hint (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      device_id bigint NOT NULL,
      hint jsonb NOT NULL,
      received timestamptz NOT NULL
    );

    -- NetBox's requests whose effect on a device was compared, and whether a webhook told of them.
    CREATE TABLE netbox_request (
      device_id bigint NOT NULL,
      request_id text NOT NULL,
      handled_at timestamptz NOT NULL,
      webhook_at timestamptz,
      PRIMARY KEY (device_id, request_id)
    );

    -- What the guard holds back until a person confirms it.
    CREATE TABLE netbox_hold (
      netbox_device_id bigint PRIMARY KEY,
      router bigint NOT NULL REFERENCES devices_router ON DELETE CASCADE,
      action text NOT NULL,
      layer text NOT NULL,
      request_id text,
      username text,
      held_at timestamptz NOT NULL,
      confirmed_at timestamptz
    );
    -- One row: when a person last confirmed what was held back, from which on the guard counts anew.
    CREATE TABLE netbox_guard (
      one boolean PRIMARY KEY DEFAULT true CHECK (one),
      confirmed_at timestamptz
    );
    INSERT INTO netbox_guard DEFAULT VALUES;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    DROP TABLE netbox_guard, netbox_hold, netbox_request, netbox_hint, netbox_role, netbox_device;
    DROP SEQUENCE netbox_reading;
    DROP TABLE devices_exclusion, devices_adoption, devices_router_audit;
    ALTER TABLE net_connection DROP router;
    DROP TABLE devices_router, devices_platform;
  `);
}
