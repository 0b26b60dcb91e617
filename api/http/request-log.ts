import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Request, RequestHandler, Response } from 'express';
import { pinoHttp } from 'pino-http';
import { describeError, type Log } from '../../config/log';

const REQUEST_ID = /^[\w.:/+=@-]{1,128}$/;

/** Addresses that are asked for every few seconds say little in a log. */
const isProbe = (url: string | undefined): boolean => /^\/(health|metrics)\b/.test(url ?? '');

const SECRET_PARAMETER = /((?:token|key|secret|password)[^=&]*)=[^&]*/gi;

/** Where a request went. Secrets do not belong into addresses, but somebody will put one there. */
function target(url = ''): { path: string; query?: string } {
  const [path = '', query] = url.split('?', 2);
  return query === undefined ? { path } : { path, query: query.replaceAll(SECRET_PARAMETER, '$1=[redacted]') };
}

/** The id of a request: the caller's `X-Request-ID` if it is one, else a new one. Echoed in the answer. */
function requestId(request: IncomingMessage, response: ServerResponse): string {
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
  response.setHeader('X-Request-ID', id);
  return id;
}

/** Fields of a line: what was asked for, and by which token. */
function describe(request: IncomingMessage, response: ServerResponse): object {
  const { actor } = (response as Response).locals;
  const by: unknown = actor;
  return {
    method: request.method,
    ...target((request as Request).originalUrl),
    ...(by === undefined ? {} : { actor: by }),
  };
}

/** Logs every request once it is answered: never its headers or its body, where secrets are. */
export function createRequestLog(log: Log): RequestHandler {
  return pinoHttp({
    logger: log,
    genReqId: requestId,
    quietReqLogger: true,
    customAttributeKeys: { reqId: 'request_id', responseTime: 'ms' },
    customLogLevel: (request, response, error) => {
      // Not being ready is an answer, asked for every few seconds; what is missing has been logged by its own.
      if (isProbe(request.url) && response.statusCode === 503) return 'debug';
      if (response.statusCode >= 500 || error) return 'error';
      return isProbe(request.url) ? 'debug' : 'info';
    },
    customSuccessMessage: (_request, response) => (response.writableFinished ? 'answered' : 'caller gone'),
    customErrorMessage: () => 'answered with an error',
    customSuccessObject: (request, response, line: object) => ({ ...describe(request, response), ...line }),
    customErrorObject: (request, response, _error, line: object) => ({ ...describe(request, response), ...line }),
    wrapSerializers: false,
    serializers: {
      err: describeError,
      req: () => undefined,
      res: (response: { statusCode: number }) => ({ status: response.statusCode }),
    },
  });
}
