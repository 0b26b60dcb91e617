import type { Knex } from 'knex';
import { readSnapshot } from '../../store/peeringdb/snapshot';
import type { ListSource } from '../../store/query/columns';
import { listPage } from '../../store/query/list';
import { parseListRequest } from '../../store/query/request';
import type { Answer, Context } from './endpoint';
import { pageAnswer } from './list';
import { fromSnapshot } from './snapshot';

/** Answers a question over own records and the cache: a page of its list, whole from one snapshot. */
export function answerQuestion(
  knex: Knex,
  context: Context,
  parameters: URLSearchParams,
  ask: (trx: Knex.Transaction) => ListSource | Promise<ListSource>,
): Promise<Answer> {
  return readSnapshot(knex, async (trx, synchronisation) => {
    const source = await ask(trx);
    const request = parseListRequest(source, parameters);
    const page = await listPage(trx, source, request);
    return fromSnapshot(synchronisation, pageAnswer(context, source, request, page));
  });
}
