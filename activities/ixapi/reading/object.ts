import { Context } from '@temporalio/activity';
import { VERSION } from '../../../config/version';
import { compose } from '../../../store/ixapi/reading/compose';
import { findLinkedExchange } from '../../../store/ixapi/exchange';
import { countShown } from '../../../store/ixapi/reading/known';
import { closeReading, openReading } from '../../../store/ixapi/reading/pages';
import { publish, renew, type Published, type ReadToTheEnd } from '../../../store/ixapi/reading/publish';
import type { IxapiActivities, ObjectRead, ReadingCounts } from '../../../workflows/ixapi/activities';
import { whileHeartbeating } from '../../shared/heartbeat';
import type { IxapiClient } from '../client';
import type { IxapiDeps } from '../deps';
import { changed, notLinked } from '../errors';
import { digestOf } from './asked';
import { fetchAll, type Read, type ReadingRef } from './fetch';

type ReadingActivities = Pick<IxapiActivities, 'readObject' | 'forgetReading'>;

/** Problems that are told of in the log. */
const TOLD = 5;

/** Publishes what was read, where it is not what was known already. */
async function publishLists({ knex, log }: IxapiDeps, to: ReadToTheEnd, lists: Read['lists']): Promise<Published> {
  const renewed = to.digest === null ? 'changed' : await renew(knex, to);
  if (renewed !== 'changed') return renewed;
  const composed = compose(await lists());
  const { problems } = composed;
  if (problems.length > 0)
    log.warn({ ix_api: to.ix_api, problems: problems.slice(0, TOLD) }, 'rows of an IX-API are not as expected');
  return publish(knex, { ...to, ...composed });
}

/** Publishes a reading; what it came to. Throws `changed`. */
export async function publishRead(
  deps: IxapiDeps,
  { ix_api, reading }: ReadingRef,
  read: Read,
): Promise<ReadingCounts> {
  const { lists, asked, ...about } = read;
  const of = asked === undefined ? { asked: null, digest: null } : { asked, digest: `${VERSION} ${digestOf(asked)}` };
  const to = { ix_api, reading, ...about, ...of };
  const published = await publishLists(deps, to, lists);
  if (published === 'gone') throw changed('the IX-API object was changed while it was read: read it again');
  return { ...(await countShown(deps.knex, ix_api)), superseded: published === 'superseded' };
}

/** Reading what an IX-API object shows, and publishing it. */
export function createReadingActivities(deps: IxapiDeps, client: IxapiClient): ReadingActivities {
  const { knex, clock } = deps;

  async function readObject(key: string, exchange: number, signal: AbortSignal): Promise<ObjectRead> {
    const linked = await findLinkedExchange(knex, exchange);
    if (!linked) throw notLinked(`the internet exchange ${exchange} is linked to no IX-API: set its ixapi_endpoint`);
    const { ix_api } = linked;
    const ref = { ix_api, reading: await openReading(knex, key, ix_api, clock()) };
    const read = await fetchAll({ knex, ref, get: client.open(ix_api, signal) });
    const counts = await publishRead(deps, ref, read);
    await closeReading(knex, key);
    return { ix_api, counts };
  }

  return {
    readObject: ({ key, exchange }) =>
      whileHeartbeating(readObject(key, exchange, Context.current().cancellationSignal)),
    forgetReading: ({ key }) => closeReading(knex, key),
  };
}
