import type { Knex } from 'knex';

/** Which alerts' workflows have to be told: what makes an alert need it is written together with what it is about. */

/** An alert whose workflow has to be told, up to its newest fact. */
export interface Untold {
  readonly id: number;
  readonly workflow_id: string;
  readonly news: number;
}

/** How long one process has to tell of what it took, before another one does. */
const CLAIM_MS = 30_000;
/** A workflow that is so late was lost: it is told, which starts it again. */
const LATE_MS = 120_000;

const CLAIM = `
  UPDATE pagerduty_alert SET claimed_until = :until
  WHERE id IN (
    SELECT id FROM pagerduty_alert
    WHERE (signalled < news OR wake_at < :late) AND (claimed_until IS NULL OR claimed_until < :now)
    ORDER BY news LIMIT :most FOR UPDATE SKIP LOCKED
  )
  RETURNING id, workflow_id, news`;

/** Takes some alerts whose workflows have to be told, the oldest news first. Of several processes each takes its own. */
export async function claimUntold(knex: Knex, most: number, now: Date): Promise<readonly Untold[]> {
  const time = now.getTime();
  const { rows } = await knex.raw<{ rows: Untold[] }>(CLAIM, {
    most,
    now: now.toISOString(),
    until: new Date(time + CLAIM_MS).toISOString(),
    late: new Date(time - LATE_MS).toISOString(),
  });
  return [...rows].sort((a, b) => a.news - b.news);
}

/** Workflows were told, up to the facts that were known when they were claimed. */
export async function markTold(knex: Knex, told: readonly Untold[]): Promise<void> {
  if (told.length === 0) return;
  await knex.raw(
    `UPDATE pagerduty_alert a SET signalled = greatest(a.signalled, t.news), claimed_until = NULL,
       wake_at = CASE WHEN a.wake_at < now() THEN NULL ELSE a.wake_at END
     FROM unnest(?::bigint[], ?::bigint[]) AS t (id, news) WHERE a.id = t.id`,
    [told.map(({ id }) => id), told.map(({ news }) => news)],
  );
}

/** Workflows could not be told: another try may take them. */
export async function unclaim(knex: Knex, untold: readonly Untold[]): Promise<void> {
  await knex('pagerduty_alert')
    .whereIn(
      'id',
      untold.map(({ id }) => id),
    )
    .update({ claimed_until: null });
}
