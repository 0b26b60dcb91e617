import {
  OpenAPIRegistry,
  OpenApiGeneratorV31,
  type ResponseConfig,
  type RouteConfig,
} from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import type { Endpoint, ResponseDoc } from './http/endpoint';
import { problemSchema } from './http/schemas';

const TOKEN = 'tokenAuth';

const PROBLEM: ResponseConfig = {
  description: 'A problem (RFC 9457); `errors` names the fields or parameters',
  content: { 'application/problem+json': { schema: problemSchema } },
};

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'The same key with the same body gets the first answer again, for 24 hours.',
  schema: { type: 'string', maxLength: 255 },
} as const;

function responseOf({ description, schema, contentType = 'application/json' }: ResponseDoc): ResponseConfig {
  return schema === undefined ? { description } : { description, content: { [contentType]: { schema } } };
}

const operationId = ({ method, path }: Endpoint): string =>
  `${method}_${path.replaceAll(/[^a-z0-9]+/gi, '_').replaceAll(/^_(api_)?|_$/g, '')}`;

function routeOf(endpoint: Endpoint): RouteConfig {
  const { method, path, summary, tags, scope, request, responses, listParameters = [], creates } = endpoint;
  return {
    method,
    path,
    summary,
    operationId: operationId(endpoint),
    tags: [...tags],
    description: scope === 'public' ? 'Open to everybody.' : `Needs a token of scope ${scope}.`,
    security: scope === 'public' ? [] : [{ [TOKEN]: [] }],
    parameters: [
      ...listParameters.map((parameter) => ({ ...parameter, in: 'query' as const, required: false })),
      ...(creates ? [IDEMPOTENCY_KEY] : []),
    ],
    request: {
      ...(request.params === undefined ? {} : { params: request.params }),
      ...(request.query === undefined ? {} : { query: request.query }),
      ...(request.body === undefined
        ? {}
        : {
            body: {
              required: !request.body.safeParse({}).success,
              content: { 'application/json': { schema: request.body } },
            },
          }),
    },
    responses: {
      ...Object.fromEntries(Object.entries(responses).map(([status, doc]) => [status, responseOf(doc)])),
      default: PROBLEM,
    },
  };
}

/** The OpenAPI 3.1 document of these endpoints, from the schemas that check their requests. */
export function openApiDocument(endpoints: readonly Endpoint[], version: string): object {
  const registry = new OpenAPIRegistry();
  registry.registerComponent('securitySchemes', TOKEN, {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: '`Token <key>`',
  });
  for (const endpoint of endpoints) registry.registerPath(routeOf(endpoint));
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Crossconnect',
      version,
      description: 'A workflow engine for network interconnection. Addresses work with a trailing slash or without.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
  });
}

/** A page of a list, for the document. */
export const pageOf = (item: z.ZodType): z.ZodType =>
  z.object({
    count: z.int(),
    next: z.string().nullable(),
    previous: z.string().nullable(),
    results: z.array(item),
  });
