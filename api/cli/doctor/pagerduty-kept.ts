import { z } from 'zod';
import { readSecret } from '../../../config/bootstrap';
import type { Config } from '../../../config/schema';
import { hasServiceKey } from '../../../store/pagerduty/asked-key';
import { pagerdutyState } from '../../../store/pagerduty/status';
import { sealedKeys } from '../../../store/pagerduty/sealed-keys';
import { createVault } from '../../../store/secrets';
import { parseAnswer } from '../answers';
import { openDatabase } from '../database';
import { createApiClient } from '../http';
import { findTarget, requireToken } from '../target';

/** What is kept that concerns PagerDuty, as far as the doctor looks at it. */
export interface Kept {
  /** Whether there is any routing key to send with. */
  readonly configured: boolean;
  /** Who needs routing keys that SECRET_KEY does not open. */
  readonly sealed: readonly string[];
  readonly dead: number;
  readonly refused: number;
  readonly last_refused: string | null;
}

const statusSchema = z.looseObject({
  configured: z.boolean(),
  dead: z.number(),
  sealed_keys: z.array(z.string()),
  webhooks: z.looseObject({ refused_signatures: z.number(), last_refused: z.string().nullable() }),
});

async function fromDatabase(url: string, { DATA_DIR, SECRET_KEY, PAGERDUTY_ROUTING_KEY }: Config): Promise<Kept> {
  const knex = openDatabase(url, 'doctor');
  try {
    const secretKey = SECRET_KEY ?? readSecret(DATA_DIR, 'secret-key');
    const { dead, webhooks } = await pagerdutyState(knex, new Date());
    return {
      configured: PAGERDUTY_ROUTING_KEY !== undefined || (await hasServiceKey(knex)),
      // Without the key there is nothing to compare with: that it is missing stops the start.
      sealed: secretKey === undefined ? [] : await sealedKeys(knex, createVault(secretKey)),
      ...{ dead, refused: webhooks.refused_signatures, last_refused: webhooks.last_refused },
    };
  } finally {
    await knex.destroy();
  }
}

/** What is kept, from the database of the settings, else from the running product; undefined: neither is there. */
export async function keptOfPagerduty(config: Config, env: NodeJS.ProcessEnv): Promise<Kept | undefined> {
  if (config.DATABASE_URL) return fromDatabase(config.DATABASE_URL.reveal(), config);
  const target = findTarget(env);
  if (!target) return undefined;
  const client = createApiClient(target.url, requireToken(target));
  const path = '/api/plugins/business-application/pagerduty/status/';
  const { configured, dead, sealed_keys, webhooks } = parseAnswer(statusSchema, await client.get(path), path);
  const { refused_signatures: refused, last_refused } = webhooks;
  return { configured, sealed: sealed_keys, dead, refused, last_refused };
}
