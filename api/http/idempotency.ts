import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { claimKey, keepAnswer, releaseKey, type KeyedRequest, type StoredAnswer } from '../../store/idempotency';
import { Problem, problemBody } from '../problem';
import type { Answer, Context } from './endpoint';
import { problemOf } from './problem-of';

const KEY = /^[\x21-\x7e]{1,255}$/;

/** A request that carries an `Idempotency-Key`. */
export interface Keyed {
  readonly key: string;
  readonly method: string;
  /** The body as it came, byte by byte. */
  readonly raw: Buffer;
}

/** How long its caller waits for an answer does not make a request another one. */
function fingerprint({ query }: Context, raw: Buffer): Buffer {
  const parameters = new URLSearchParams(query);
  parameters.delete('wait');
  return createHash('sha256').update(`${parameters.toString()}\n`).update(raw).digest();
}

function requestOf({ key, method, raw }: Keyed, context: Context): KeyedRequest {
  if (!KEY.test(key)) {
    const expected = 'expected 1 to 255 printable ASCII characters without spaces';
    throw new Problem('invalid-request', `Idempotency-Key: ${expected}`);
  }
  const token = context.actor?.id ?? 'nobody';
  return { token, key, method, path: context.path, fingerprint: fingerprint(context, raw) };
}

/** Answers by `work` and keeps the answer. Failures that may pass (5xx) give the key back instead. */
async function settle(
  knex: Knex,
  context: Context,
  request: KeyedRequest,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const keep = (answer: StoredAnswer): Promise<void> =>
    keepAnswer(knex, request, context.now, answer).catch((error: unknown) =>
      context.log.warn({ err: error }, 'the answer to a request with an Idempotency-Key was not kept'),
    );
  try {
    const answer = await work();
    await keep({ status: answer.status ?? 200, headers: answer.headers ?? {}, body: answer.kept ?? answer.body });
    return answer;
  } catch (error) {
    const problem = problemOf(error);
    if (problem.status >= 500) await releaseKey(knex, request, context.now).catch(() => undefined);
    else await keep({ status: problem.status, headers: {}, body: problemBody(problem) });
    throw error;
  }
}

/** Does what is asked for once: the same request with the same key gets the first one's answer. */
export async function onlyOnce(
  knex: Knex,
  context: Context,
  keyed: Keyed,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const request = requestOf(keyed, context);
  const claim = await claimKey(knex, request, context.now);
  switch (claim.state) {
    case 'claimed':
      return settle(knex, context, request, work);
    case 'answered':
      return { ...claim.answer, headers: { ...claim.answer.headers, 'Idempotency-Replayed': 'true' } };
    case 'in-progress':
      throw new Problem('idempotency-key-in-use', 'a request with this Idempotency-Key is being worked on: try again', {
        headers: { 'Retry-After': '1' },
      });
    case 'reused':
      throw new Problem(
        'idempotency-key-reused',
        'this Idempotency-Key was used for another request: expected a new key, or the same body',
      );
  }
}
