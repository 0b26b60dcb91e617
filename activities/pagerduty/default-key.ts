import type { PagerdutyDeps } from './deps';

/** Keeps PAGERDUTY_ROUTING_KEY as a version like any other, once it is needed; its id. */
export function keepDefaultKey({
  knex,
  vault,
  routingKey,
  clock,
}: Pick<PagerdutyDeps, 'knex' | 'vault' | 'routingKey' | 'clock'>): () => Promise<number | undefined> {
  let kept: Promise<number> | undefined;
  return async () => {
    if (routingKey === undefined) return undefined;
    kept ??= vault.keep(knex, 'routing_key', routingKey.reveal(), clock());
    try {
      return await kept;
    } catch (error) {
      kept = undefined;
      throw error;
    }
  };
}
