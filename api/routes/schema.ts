import { z } from 'zod';
import { endpoint, type Endpoint } from '../http/endpoint';
import { openApiDocument } from '../openapi';

/** What lists the endpoints: the document, and the listing of paths. `all` gives every endpoint, these included. */
export function createSchemaRoutes(all: () => readonly Endpoint[], version: string): Endpoint[] {
  let document: object | undefined;
  return [
    endpoint({
      method: 'get',
      path: '/api/',
      summary: 'The collections of this API',
      tags: ['operation'],
      scope: 'read',
      responses: { 200: { description: 'Addresses by path', schema: z.record(z.string(), z.string()) } },
      handler: (_input, { baseUrl }) => {
        const paths = all().filter(({ method, path }) => method === 'get' && /^\/api\/[^{]+$/.test(path));
        return {
          body: Object.fromEntries(paths.map(({ path }) => [path.slice('/api/'.length, -1), `${baseUrl}${path}`])),
        };
      },
    }),
    endpoint({
      method: 'get',
      path: '/api/schema/',
      summary: 'This document',
      tags: ['operation'],
      scope: 'public',
      request: { query: z.object({ format: z.literal('json', 'expected json').optional() }) },
      responses: { 200: { description: 'OpenAPI 3.1', schema: z.looseObject({ openapi: z.string() }) } },
      handler: () => ({ body: (document ??= openApiDocument(all(), version)) }),
    }),
  ];
}
