import { Context } from '@temporalio/activity';
import { compose } from '../../store/ixapi/compose';
import { findLinkedExchange } from '../../store/ixapi/exchange';
import { closeReading, keptList, openReading, readingBegan } from '../../store/ixapi/pages';
import { publish } from '../../store/ixapi/publish';
import { NAMED_LISTS, WHOLE_LISTS, type ListName, type RawLists, type RawRow } from '../../store/ixapi/raw';
import type { IxapiActivities, ReadingCounts, ReadingRef } from '../../workflows/ixapi/activities';
import { whileHeartbeating } from '../shared/heartbeat';
import { aboutOf } from './about';
import type { IxapiClient } from './client';
import type { IxapiDeps } from './deps';
import { changed, incomplete, notLinked } from './errors';
import { fetchAll } from './fetch';

type ReadingActivities = Pick<IxapiActivities, 'openReading' | 'fetchReading' | 'publishReading' | 'closeReading'>;

/** All that was read; fails with `incomplete` where a list was not read to its end, or was lost since. */
async function readLists({ knex }: IxapiDeps, { reading }: ReadingRef): Promise<RawLists> {
  const lists: [ListName, readonly RawRow[]][] = [];
  for (const list of [...WHOLE_LISTS, ...NAMED_LISTS]) {
    const { rows, next } = await keptList(knex, reading, list);
    if (next !== undefined) throw incomplete(`the list ${list} was not read to its end: it is read again`);
    lists.push([list, [...rows.values()]]);
  }
  return Object.fromEntries(lists) as unknown as RawLists;
}

async function publishReading(deps: IxapiDeps, ref: ReadingRef): Promise<ReadingCounts> {
  const { knex, log } = deps;
  const { ix_api, reading } = ref;
  const began = await readingBegan(knex, reading);
  if (began === undefined) throw changed('the IX-API object was changed while it was read: read it again');
  const about = await aboutOf(knex, reading);
  const { shown, problems } = compose(await readLists(deps, ref));
  const taken = await publish(knex, { ...{ ix_api, reading, began, shown, problems }, ...about });
  if (problems.length > 0)
    log.warn({ ix_api, problems: problems.slice(0, 5) }, 'rows of an IX-API are not as expected');
  const counts = Object.fromEntries(Object.entries(shown).map(([name, rows]) => [name, rows.length]));
  return { ...(counts as unknown as Omit<ReadingCounts, 'superseded'>), superseded: !taken };
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
      whileHeartbeating(fetchAll({ knex, client, ref, signal: Context.current().cancellationSignal })),
    publishReading: (ref) => whileHeartbeating(publishReading(deps, ref)),
    closeReading: ({ key }) => closeReading(knex, key),
  };
}
