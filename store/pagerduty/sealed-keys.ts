import type { Knex } from 'knex';
import { SealedError, type Vault } from '../secrets';

/** A routing key that is needed: for which technical services, and for how many alerts that are open or to be sent. */
interface NeededKey {
  readonly id: number;
  readonly services: readonly string[];
  readonly alerts: number;
}

const NEEDED = `
  WITH pinned AS (
    SELECT routing_key, count(*) AS alerts FROM pagerduty_alert
    WHERE (told IN ('triggered', 'acknowledged') OR pending > 0) AND routing_key IS NOT NULL GROUP BY routing_key
  )
  SELECT k.id, coalesce(p.alerts, 0) AS alerts,
    ARRAY(SELECT name FROM incident_service WHERE routing_key = k.id ORDER BY name) AS services
  FROM core_secret k LEFT JOIN pinned p ON p.routing_key = k.id
  WHERE k.kind = 'routing_key'
    AND (p.alerts IS NOT NULL OR EXISTS (SELECT FROM incident_service WHERE routing_key = k.id))
  ORDER BY k.id`;

async function isSealed(knex: Knex, vault: Vault, id: number): Promise<boolean> {
  try {
    await vault.open(knex, 'routing_key', id);
    return false;
  } catch (error) {
    if (error instanceof SealedError) return true;
    throw error;
  }
}

const needers = ({ services, alerts }: NeededKey): string[] => [
  ...services.map((name) => `technical service ${name}`),
  ...(alerts > 0 ? [`${alerts} open alert${alerts === 1 ? '' : 's'}`] : []),
];

/** Who needs routing keys that do not open, in words: SECRET_KEY is not the one that sealed them. */
export async function sealedKeys(knex: Knex, vault: Vault): Promise<readonly string[]> {
  const { rows } = await knex.raw<{ rows: NeededKey[] }>(NEEDED);
  const found: string[] = [];
  for (const key of rows) if (await isSealed(knex, vault, key.id)) found.push(...needers(key));
  return found;
}
