import type { Knex } from 'knex';
import {
  appendBody,
  beginBody,
  completeBody,
  findBody,
  readBody,
  RANK,
  type Body,
  type NewBody,
} from '../../store/peeringdb/bodies';
import { lastListRequest, noteListRequest, takeRequest } from '../../store/peeringdb/budget';
import type { ObjectTag } from '../../store/peeringdb/objects';
import { findStaged, type Staged } from '../../store/peeringdb/staging';
import { AppError } from '../shared/failure';
import { toBodyError, toUpstreamError, type Answer } from './client';
import { logStep, type PeeringdbDeps } from './deps';
import { badAnswer, emptyList, throttled } from './errors';
import { BrokenBodyError } from './scan';
import { stageBody, type OnPiece } from './stage';

/** Bytes of a body kept in one row. */
const CHUNK_BYTES = 1024 * 1024;
/** A wait for the budget this short is sat out in the activity; a longer one is the workflow's. Seconds. */
const SHORT_WAIT_SECONDS = 5;

/** How one call is kept alive and cancelled. */
export interface Call {
  readonly signal: AbortSignal;
  readonly onPiece: OnPiece;
}

const sleep = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });

/** Keeps a body as it passes by, in rows of {@link CHUNK_BYTES}; `flush` writes what is left. */
function createRecorder(
  knex: Knex,
  body: number,
): { pass(pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer>; flush(): Promise<number> } {
  let waiting: Buffer[] = [];
  let size = 0;
  let seq = 0;
  let bytes = 0;
  async function write(): Promise<void> {
    if (size === 0) return;
    await appendBody(knex, body, seq++, Buffer.concat(waiting));
    waiting = [];
    size = 0;
  }
  return {
    async *pass(pieces) {
      for await (const piece of pieces) {
        waiting.push(piece);
        size += piece.length;
        bytes += piece.length;
        if (size >= CHUNK_BYTES) await write();
        yield piece;
      }
    },
    flush: async () => {
      await write();
      return bytes;
    },
  };
}

/** What a body is called in the log. */
const nameOf = ({ synchronisation, tag, part }: Pick<Body, 'synchronisation' | 'tag' | 'part'>) => ({
  synchronisation,
  object: tag,
  part,
});

/** The pieces of a body; what breaks while they come is upstream's, unlike what breaks while they are kept and staged. */
async function* fromUpstream(pieces: AsyncIterable<Buffer>, place: string): AsyncGenerator<Buffer> {
  try {
    yield* pieces;
  } catch (error) {
    throw toUpstreamError(error, place);
  }
}

/** Fetches bodies and stages them; what is kept already is not fetched again. */
export interface Fetcher {
  /** The whole list of a type; `cached` is how many rows of it the cache holds. */
  list(synchronisation: number, tag: ObjectTag, cached: number, call: Call): Promise<Staged>;
  /** What changed since a time (ISO 8601), tombstones included. */
  since(synchronisation: number, tag: ObjectTag, seconds: number, call: Call): Promise<Staged>;
  /** Rows by id, tombstones included. */
  byIds(synchronisation: number, tag: ObjectTag, ids: readonly number[], call: Call): Promise<Staged>;
  /** Stages a body that is kept, if its rows are not staged. */
  restage(body: Body, onPiece: OnPiece): Promise<Staged>;
}

/** A {@link Fetcher} over the store and a client. */
export function createFetcher(deps: PeeringdbDeps): Fetcher {
  const { knex, client, identity, cacheUrl, rateLimit, repeatIntervalMs, clock, log } = deps;

  async function restage(body: Body, onPiece: OnPiece): Promise<Staged> {
    const staged = await findStaged(knex, body.id);
    if (staged !== undefined) return staged;
    logStep(deps, { step: 'stage', ...nameOf(body) });
    return stageBody(knex, body, readBody(knex, body.id), onPiece);
  }

  async function spend(signal: AbortSignal): Promise<void> {
    for (;;) {
      const seconds = await takeRequest(knex, rateLimit, clock());
      if (seconds === 0) return;
      if (seconds > SHORT_WAIT_SECONDS)
        throw throttled(`the limit of ${rateLimit} requests a minute is reached`, Math.ceil(seconds));
      await sleep(seconds * 1000, signal);
    }
  }

  async function get(path: string, signal: AbortSignal): Promise<Answer> {
    await spend(signal);
    return client.get(path, signal);
  }

  /** Upstream gives an anonymous client the same full list once an hour (peeringdb docs, query limits). */
  async function getList(tag: ObjectTag, signal: AbortSignal): Promise<Answer> {
    if (client.authenticated) return get(tag, signal);
    if (cacheUrl !== undefined) {
      try {
        return await client.getFile(`${cacheUrl}/${tag}-0.json`, signal);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        log.warn({ object: tag, code: error.code }, 'the public cache file is not to be had, asking the api instead');
      }
    }
    const url = `${client.api}/${tag}`;
    const last = await lastListRequest(knex, url);
    const wait = last === undefined ? 0 : (last.getTime() + repeatIntervalMs - clock().getTime()) / 1000;
    if (wait > 0)
      throw throttled(`the same anonymous list is given once in ${repeatIntervalMs / 60_000} minutes`, Math.ceil(wait));
    const answer = await get(tag, signal);
    await noteListRequest(knex, url, clock());
    return answer;
  }

  /** Fetches a part, or takes it from what is kept. `mayBeEmpty` is asked before an empty answer counts as whole. */
  async function part(
    body: Omit<NewBody, 'fetched'>,
    ask: (signal: AbortSignal) => Promise<Answer>,
    { signal, onPiece }: Call,
    mayBeEmpty: () => boolean = () => true,
  ): Promise<Staged> {
    const { synchronisation, tag, part } = body;
    const kept = await findBody(knex, { synchronisation, tag, part });
    if (kept?.complete === true) return restage(kept, onPiece);
    logStep(deps, { step: 'fetch', ...nameOf(body) });
    const answer = await ask(signal);
    logStep(deps, { step: 'stage', ...nameOf(body) });
    const id = await beginBody(knex, { ...body, fetched: clock().toISOString() });
    const recorder = createRecorder(knex, id);
    const place = `${client.api}/${tag}`;
    const pieces = recorder.pass(fromUpstream(answer.body, place));
    try {
      return await stageBody(knex, { id, tag, rank: body.rank }, pieces, onPiece, async (rows) => {
        if (rows === 0 && !mayBeEmpty()) throw emptyList(`the list of ${tag} is empty, although rows of it are cached`);
        await completeBody(knex, id, await recorder.flush());
      });
    } catch (error) {
      if (error instanceof BrokenBodyError) throw badAnswer(`${tag}: ${error.message}`, error);
      throw toBodyError(error, place);
    }
  }

  return {
    restage,
    list: (synchronisation, tag, cached, call) =>
      part(
        { synchronisation, identity, tag, part: 'list', rank: RANK.list },
        (signal) => getList(tag, signal),
        call,
        () => cached === 0,
      ),
    since: (synchronisation, tag, seconds, call) =>
      part(
        { synchronisation, identity, tag, part: 'since', rank: RANK.change },
        (signal) => get(`${tag}?since=${seconds}`, signal),
        call,
      ),
    byIds: (synchronisation, tag, ids, call) =>
      part(
        { synchronisation, identity, tag, part: `parents-${ids.join(',')}`, rank: RANK.change },
        // Without `since` a deleted parent is not told of.
        (signal) => get(`${tag}?since=1&id__in=${ids.join(',')}`, signal),
        call,
      ),
  };
}
