import type { Knex } from 'knex';
import type { AdvanceContext } from '../../../store/pagerduty/advance';
import { isKeyless } from '../../../store/pagerduty/asked-key';
import type { Asked } from '../../../store/pagerduty/asks';
import { NEVER_USED, rehearse } from '../../../store/pagerduty/preview';
import type { Who } from '../../../store/incidents/who';
import { transact } from '../../../store/transact';
import type { Answer, Context } from '../../http/endpoint';
import { jobAnswer } from '../../http/job-answer';
import { Problem } from '../../problem';
import { requirePagerduty, whoOf, type IncidentsDeps } from '../incidents/deps';

/** Asks for one send or several in order; undefined: there is no such record. It may be tried again. */
export type Ask = (trx: Knex.Transaction, who: Who) => Promise<readonly Asked[] | undefined>;

/** What is wanted of PagerDuty. Of several sends the last one's job is answered. */
export interface Wanted {
  readonly ask: Ask;
  readonly missing: () => Problem;
  /** The ids of records that the answer names. */
  readonly about?: Readonly<Record<string, number>>;
}

interface How {
  readonly wait: number | undefined;
  readonly dryRun: boolean;
}

/** The version of PAGERDUTY_ROUTING_KEY, as far as it has one; undefined: it is not set. */
export async function defaultKeyOf({ knex, vault, incidents }: IncidentsDeps): Promise<number | undefined> {
  const { routingKey } = incidents;
  if (routingKey === undefined) return undefined;
  return (await vault.find(knex, 'routing_key', routingKey.reveal())) ?? NEVER_USED;
}

/** What sending depends on, as the settings are now. */
export const advanceContext = async (deps: IncidentsDeps, now: Date): Promise<AdvanceContext> => ({
  ...{ settings: deps.incidents.pagerduty, now },
  defaultKey: await defaultKeyOf(deps),
});

/** Nothing can be sent without a routing key. */
export const keyless = (): Problem =>
  new Problem('pagerduty-off', 'there is no routing key for it: expected the setting PAGERDUTY_ROUTING_KEY');

async function dryAnswer(deps: IncidentsDeps, { now }: Context, ask: Ask, who: Who, missing: () => Problem) {
  const context = await advanceContext(deps, now);
  const previews = await rehearse(deps.knex, (trx) => ask(trx, who), context);
  const [first, ...more] = previews ?? [];
  if (first === undefined) throw missing();
  return { body: more.length === 0 ? first : { ...first, then: more.map(({ payload }) => payload) } };
}

/** Asks for what is wanted and answers with its job; or, for a dry run, says what would be sent. */
export async function answerWanted(
  deps: IncidentsDeps,
  context: Context,
  { wait, dryRun }: How,
  { ask, missing, about = {} }: Wanted,
): Promise<Answer> {
  const who = whoOf(context);
  if (dryRun) return dryAnswer(deps, context, ask, who, missing);
  requirePagerduty(deps.incidents);
  const defaultKey = await defaultKeyOf(deps);
  const asked = await transact(deps.knex, async (trx) => {
    const [first, ...more] = (await ask(trx, who)) ?? [];
    if (first === undefined) throw missing();
    if (await isKeyless(trx, first, defaultKey)) throw keyless();
    return more.at(-1) ?? first;
  });
  deps.tell();
  const answer = await jobAnswer(deps, asked.job, context, wait);
  return { ...answer, body: { ...(answer.body as object), ...about, dedup_key: asked.alert.dedup_key } };
}
