import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';

/** What the API measures of itself. */
export interface HttpMetrics {
  readonly registry: Registry;
  /** Notes one answered request; `route` is the path as the document writes it. */
  observe(method: string, route: string, status: number, seconds: number): void;
}

/** Metrics of one process, in a registry of their own unless one is given. */
export function createHttpMetrics(registry = new Registry()): HttpMetrics {
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: 'crossconnect_http_request_duration_seconds',
    help: 'How long requests took to answer, by method, route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 40],
    registers: [registry],
  });
  return {
    registry,
    observe: (method, route, status, seconds) => duration.observe({ method, route, status }, seconds),
  };
}
