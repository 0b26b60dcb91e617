import type { Knex } from 'knex';

/** Plans of reconciliations, and how far NetBox's change log was followed. New tables only. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE netbox_plan (
      job_id uuid PRIMARY KEY,
      created timestamptz NOT NULL,
      -- The devices that were asked for; null: all.
      device_ids jsonb,
      -- The reading before its listing: what was read since has a higher number.
      reading bigint NOT NULL,
      -- Set when the plan is whole.
      checksum text,
      -- When it was first applied; a full one that was lets later ones apply themselves.
      applied_at timestamptz
    );

    CREATE TABLE netbox_plan_entry (
      plan uuid NOT NULL REFERENCES netbox_plan ON DELETE CASCADE,
      netbox_device_id bigint NOT NULL,
      kind text NOT NULL CHECK (kind IN ('create', 'update', 'delete', 'skip')),
      name text NOT NULL,
      router bigint,
      changes jsonb NOT NULL,
      -- Why it is skipped.
      reason text,
      -- What NetBox said, by which reading.
      finding jsonb NOT NULL,
      reading bigint NOT NULL,
      read_at timestamptz NOT NULL,
      -- What came of applying it.
      outcome text,
      PRIMARY KEY (plan, netbox_device_id)
    );

    -- One row: up to where the change log was followed, and how many webhooks never came.
    CREATE TABLE netbox_follow (
      one boolean PRIMARY KEY DEFAULT true CHECK (one),
      cursor bigint,
      followed_at timestamptz,
      missed bigint NOT NULL DEFAULT 0
    );
    INSERT INTO netbox_follow DEFAULT VALUES;

    -- The newest lines of the change log: those that commit late have lower numbers than others that were read before.
    CREATE TABLE netbox_change (
      id bigint PRIMARY KEY,
      device_id bigint NOT NULL,
      request_id text NOT NULL,
      time timestamptz NOT NULL,
      seen_at timestamptz NOT NULL,
      -- Whether it is known that its webhook came, or did not.
      settled boolean NOT NULL DEFAULT false
    );
    CREATE INDEX netbox_change_open ON netbox_change (seen_at) WHERE NOT settled;

    ALTER TABLE netbox_role ADD id bigint;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ALTER TABLE netbox_role DROP id;
    DROP TABLE netbox_change, netbox_follow, netbox_plan_entry, netbox_plan;
  `);
}
