import { promisify } from 'node:util';
import express, { type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import { Problem } from '../problem';

/** What a request brought. */
export interface Body {
  readonly json: unknown;
  /** The bytes as they came, uncompressed. */
  readonly raw: Buffer;
}

const NOTHING: Body = { json: {}, raw: Buffer.alloc(0) };
const LIMIT = '256kb';

const raws = new WeakMap<object, Buffer>();

const parseJson: RequestHandler = express.json({
  limit: LIMIT,
  strict: false,
  type: () => true,
  verify: (request, _response, raw) => {
    raws.set(request, raw);
  },
});

const hasBody = ({ headers }: Request): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** Reads a JSON body of at most 256 kB; none counts as `{}`. Throws what the body parser throws, and a 415. */
export async function readBody(request: Request, response: Response): Promise<Body> {
  if (!hasBody(request)) return NOTHING;
  if (!request.is(['application/json', 'application/*+json'])) {
    throw new Problem('unsupported-media-type', 'expected a body of content type application/json', {
      headers: { Accept: 'application/json' },
    });
  }
  await promisify((done: NextFunction) => void parseJson(request, response, done))();
  return { json: request.body as unknown, raw: raws.get(request) ?? Buffer.alloc(0) };
}
