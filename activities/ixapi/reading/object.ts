import { Context } from '@temporalio/activity';
import { VERSION } from '../../../config/version';
import { compose } from '../../../store/ixapi/reading/compose';
import { findLinkedExchange } from '../../../store/ixapi/exchange';
import { countShown } from '../../../store/ixapi/reading/known';
import { closeReading, openReading } from '../../../store/ixapi/reading/pages';
import { publish, renew, type Published, type ReadToTheEnd } from '../../../store/ixapi/reading/publish';
import type { RawLists } from '../../../store/ixapi/reading/raw';
import type { IxapiActivities, ReadingCounts, ReadingRef } from '../../../workflows/ixapi/activities';
import { whileHeartbeating } from '../../shared/heartbeat';
import type { IxapiClient } from '../client';
import type { IxapiDeps } from '../deps';
import { changed, notLinked } from '../errors';
import { fetchAll, type Read } from './fetch';

type ReadingActivities = Pick<IxapiActivities, 'openReading' | 'readObject' | 'closeReading'>;

/** Problems that are told of in the log. */
const TOLD = 5;

/** Publishes what was read, where it is not what was known already. */
async function publishLists({ knex, log }: IxapiDeps, to: ReadToTheEnd, lists: RawLists): Promise<Published> {
  const renewed = to.digest === null ? 'changed' : await renew(knex, to);
  if (renewed !== 'changed') return renewed;
  const composed = compose(lists);
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
  const { lists, digest, ...about } = read;
  const to = { ix_api, reading, ...about, digest: digest === undefined ? null : `${VERSION} ${digest}` };
  const published = await publishLists(deps, to, lists);
  if (published === 'gone') throw changed('the IX-API object was changed while it was read: read it again');
  return { ...(await countShown(deps.knex, ix_api)), superseded: published === 'superseded' };
}

async function readObject(
  deps: IxapiDeps,
  client: IxapiClient,
  ref: ReadingRef,
  signal: AbortSignal,
): Promise<ReadingCounts> {
  const read = await fetchAll({ knex: deps.knex, ref, get: client.open(ref.ix_api, signal) });
  return publishRead(deps, ref, read);
}

/** Reading what an IX-API object shows, and publishing it. */
export function createReadingActivities(deps: IxapiDeps, client: IxapiClient): ReadingActivities {
  const { knex, clock } = deps;
  return {
    async openReading({ key, exchange }) {
      const linked = await findLinkedExchange(knex, exchange);
      if (!linked) throw notLinked(`the internet exchange ${exchange} is linked to no IX-API: set its ixapi_endpoint`);
      const { ix_api } = linked;
      return { key, ix_api, reading: await openReading(knex, key, ix_api, clock()) };
    },
    readObject: (ref) => whileHeartbeating(readObject(deps, client, ref, Context.current().cancellationSignal)),
    closeReading: ({ key }) => closeReading(knex, key),
  };
}
