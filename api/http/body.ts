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
/** What a body may be unless its endpoint says otherwise, in bytes. */
const LARGEST = 256 * 1024;

const raws = new WeakMap<object, Buffer>();

const parserOf = (limit: number): RequestHandler =>
  express.json({
    limit,
    strict: false,
    type: () => true,
    verify: (request, _response, raw) => {
      raws.set(request, raw);
    },
  });

const parsers = new Map<number, RequestHandler>();

function parserFor(limit: number): RequestHandler {
  const parser = parsers.get(limit) ?? parserOf(limit);
  parsers.set(limit, parser);
  return parser;
}

const hasBody = ({ headers }: Request): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/** Reads a JSON body of at most so many bytes; none counts as `{}`. Throws what the body parser throws, and a 415. */
export async function readBody(request: Request, response: Response, largest = LARGEST): Promise<Body> {
  if (!hasBody(request)) return NOTHING;
  if (!request.is(['application/json', 'application/*+json'])) {
    throw new Problem('unsupported-media-type', 'expected a body of content type application/json', {
      headers: { Accept: 'application/json' },
    });
  }
  await promisify((done: NextFunction) => void parserFor(largest)(request, response, done))();
  return { json: request.body as unknown, raw: raws.get(request) ?? Buffer.alloc(0) };
}
