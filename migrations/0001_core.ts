import type { Knex } from 'knex';

/** Jobs, API tokens, idempotency keys and the small facts of one installation. New tables only: no lock on anything in use. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    CREATE TABLE core_job (
      id uuid PRIMARY KEY,
      type text NOT NULL,
      status text NOT NULL CHECK (status IN ('pending', 'running', 'waiting', 'completed', 'failed', 'canceled')),
      workflow_id text NOT NULL,
      run_id text,
      input jsonb NOT NULL DEFAULT '{}',
      progress jsonb,
      result jsonb,
      error jsonb,
      created timestamptz NOT NULL DEFAULT now(),
      started timestamptz,
      finished timestamptz
    );
    CREATE INDEX core_job_created ON core_job (created DESC, id);
    CREATE INDEX core_job_workflow ON core_job (workflow_id, created DESC);

    CREATE TABLE core_token (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      name text NOT NULL,
      -- SHA-256 of the key: keys are 160 random bits, so a slow hash would add nothing.
      key_hash bytea NOT NULL UNIQUE,
      scope text NOT NULL CHECK (scope IN ('read', 'write', 'admin')),
      expires timestamptz,
      allowed_ips cidr[],
      created timestamptz NOT NULL DEFAULT now(),
      last_used timestamptz
    );

    CREATE TABLE core_idempotency_key (
      token text NOT NULL,
      key text NOT NULL,
      method text NOT NULL,
      path text NOT NULL,
      -- SHA-256 of the request's body: the same key with another body is refused.
      fingerprint bytea NOT NULL,
      status integer,
      headers jsonb,
      body jsonb,
      created timestamptz NOT NULL DEFAULT now(),
      PRIMARY KEY (token, key)
    );
    CREATE INDEX core_idempotency_key_created ON core_idempotency_key (created);

    -- Facts drawn or learned once and kept, such as the minute of the hourly synchronisation.
    CREATE TABLE core_fact (name text PRIMARY KEY, value jsonb NOT NULL);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('DROP TABLE core_fact, core_idempotency_key, core_token, core_job');
}
