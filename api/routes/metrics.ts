import type { Registry } from 'prom-client';
import { endpoint, type Endpoint } from '../http/endpoint';

/** Measurements for Prometheus; with a token, unless `METRICS_OPEN` opens them. */
export function createMetricsRoutes({
  registry,
  open,
}: {
  readonly registry: Registry;
  readonly open: boolean;
}): Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/metrics/',
      summary: 'Measurements in the text format of Prometheus',
      tags: ['operation'],
      scope: open ? 'public' : 'read',
      responses: { 200: { description: 'Measurements', contentType: 'text/plain' } },
      handler: async () => ({ headers: { 'Content-Type': registry.contentType }, body: await registry.metrics() }),
    }),
  ];
}
