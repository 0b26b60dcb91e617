import { Context } from '@temporalio/activity';
import type { Knex } from 'knex';
import { compareExchanges } from '../../store/ixapi/drift/compare';
import { sweepDrift } from '../../store/ixapi/drift/keep';
import { linkedExchanges } from '../../store/ixapi/exchange';
import { transact } from '../../store/transact';
import type { IxapiActivities, ScheduledWork } from '../../workflows/ixapi/activities';
import { whileHeartbeating } from '../shared/heartbeat';
import { createIxapiClient } from './client';
import type { IxapiDeps } from './deps';
import { createImportActivities } from './imports';
import { probe } from './probe/probe';
import { createReadingActivities } from './reading/object';
import { keepRouterPorts } from './router-ports';

/** Who reports what differs. */
const ACTOR = 'ixapi';

/** An exchange of each object, and those with configs that wait. */
async function findWork(knex: Knex): Promise<ScheduledWork> {
  const byObject = new Map<number, number>();
  for (const { id, ix_api } of await linkedExchanges(knex)) if (!byObject.has(ix_api)) byObject.set(ix_api, id);
  const follow = await knex('ixapi_follow')
    .distinct()
    .orderBy('internet_exchange')
    .pluck<number[]>('internet_exchange');
  return { refresh: [...byObject.values()], follow };
}

/** The activities of the IX-API workflows. */
export function createIxapiActivities(deps: IxapiDeps): IxapiActivities {
  const { knex, vault, http, netbox, driftEvents, join, clock, log } = deps;
  const who = () => ({ actor: ACTOR, now: clock() });
  const ports = { knex, client: netbox, clock, log };
  const compareSources = async (ix_api: number, signal: AbortSignal): Promise<{ readonly drift: number }> => {
    await keepRouterPorts(ports, ix_api, signal);
    return { drift: await compareExchanges(knex, ix_api, { events: driftEvents, join, who: who() }) };
  };
  return {
    ...createReadingActivities(deps, createIxapiClient({ knex, vault, http, clock })),
    ...createImportActivities(deps),
    compareSources: ({ ix_api }) => whileHeartbeating(compareSources(ix_api, Context.current().cancellationSignal)),
    sweepDrift: () => transact(knex, (trx) => sweepDrift(trx, join, who())),
    findWork: () => findWork(knex),
    probe: ({ id }) => probe({ knex, vault, http }, id, Context.current().cancellationSignal),
  };
}
