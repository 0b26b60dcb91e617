import { Context } from '@temporalio/activity';
import { VERSION } from '../../config/version';
import { compose } from '../../store/ixapi/compose';
import { digestOf } from '../../store/ixapi/digest';
import { findLinkedExchange } from '../../store/ixapi/exchange';
import { countShown } from '../../store/ixapi/known';
import { closeReading, isOpen, keptList, openReading } from '../../store/ixapi/pages';
import { publish, renew, type Published, type ReadToTheEnd } from '../../store/ixapi/publish';
import { NAMED_LISTS, WHOLE_LISTS, type ListName, type RawLists, type RawRow } from '../../store/ixapi/raw';
import type { IxapiActivities, ReadingCounts, ReadingRef } from '../../workflows/ixapi/activities';
import type { AppError } from '../shared/failure';
import { whileHeartbeating } from '../shared/heartbeat';
import { aboutOf } from './about';
import type { IxapiClient } from './client';
import type { IxapiDeps } from './deps';
import { changed, incomplete, notLinked } from './errors';
import { fetchAll } from './fetch';

type ReadingActivities = Pick<IxapiActivities, 'openReading' | 'fetchReading' | 'publishReading' | 'closeReading'>;

/** Problems that are told of in the log. */
const TOLD = 5;

/** All that was read; fails with `incomplete` where something of it is lost. */
async function readLists({ knex }: IxapiDeps, { reading }: ReadingRef): Promise<RawLists> {
  const lists: [ListName, readonly RawRow[]][] = [];
  for (const list of [...WHOLE_LISTS, ...NAMED_LISTS]) {
    const { rows, next } = await keptList(knex, reading, list);
    if (next !== undefined) throw incomplete(`the list ${list} was not read to its end: it is read again`);
    lists.push([list, [...rows.values()]]);
  }
  return Object.fromEntries(lists) as unknown as RawLists;
}

async function publishLists(deps: IxapiDeps, ref: ReadingRef, read: ReadToTheEnd): Promise<Published> {
  const composed = compose(await readLists(deps, ref));
  const { problems } = composed;
  const { ix_api } = ref;
  if (problems.length > 0)
    deps.log.warn({ ix_api, problems: problems.slice(0, TOLD) }, 'rows of an IX-API are not as expected');
  return publish(deps.knex, { ...read, ...composed });
}

const gone = (): AppError => changed('the IX-API object was changed while it was read: read it again');

async function publishReading(deps: IxapiDeps, ref: ReadingRef): Promise<ReadingCounts> {
  const { knex } = deps;
  const { ix_api, reading } = ref;
  if (!(await isOpen(knex, reading))) throw gone();
  const digest = await digestOf(knex, reading);
  if (digest === undefined) throw incomplete('not all lists were read to their ends: they are read again');
  const read = { ix_api, reading, digest: `${VERSION} ${digest}`, ...(await aboutOf(knex, reading)) };
  const renewed = await renew(knex, read);
  const published = renewed === 'changed' ? await publishLists(deps, ref, read) : renewed;
  if (published === 'gone') throw gone();
  return { ...(await countShown(knex, ix_api)), superseded: published === 'superseded' };
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
    fetchReading: (ref) =>
      whileHeartbeating(fetchAll({ knex, ref, get: client.open(ref.ix_api, Context.current().cancellationSignal) })),
    publishReading: (ref) => whileHeartbeating(publishReading(deps, ref)),
    closeReading: ({ key }) => closeReading(knex, key),
  };
}
