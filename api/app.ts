import express, { type Express } from 'express';
import helmet from 'helmet';
import type { Knex } from 'knex';
import type { Registry } from 'prom-client';
import type { Log } from '../config/log';
import type { Config } from '../config/schema';
import type { Secret } from '../config/secret';
import type { Vault } from '../store/secrets';
import { createAuthenticate } from './http/auth';
import type { Endpoint } from './http/endpoint';
import { errorHandler, notFoundHandler } from './http/errors';
import { createHttpMetrics } from './http/metrics';
import { registerProductMetrics } from './http/product-metrics';
import type { Probes } from './http/readiness';
import { createRequestLog } from './http/request-log';
import { createRouter } from './http/router';
import { createSwaggerUi } from './http/swagger-ui';
import { createDevicesRoutes } from './routes/devices';
import type { NetboxSettings } from './routes/devices/deps';
import { createHealthRoutes } from './routes/health';
import { createHiddenPeerRoutes } from './routes/hidden-peers';
import { createIncidentsRoutes } from './routes/incidents';
import type { IncidentSettings } from './routes/incidents/deps';
import { createIxapiRoutes } from './routes/ixapi';
import type { IxapiSettings } from './routes/ixapi/deps';
import { createJobRoutes } from './routes/jobs';
import { createMetricsRoutes } from './routes/metrics';
import { createPagerdutyRoutes } from './routes/pagerduty';
import { createPeeringRoutes } from './routes/peering';
import { createPeeringdbRoutes } from './routes/peeringdb';
import { createPeeringdbCacheRoutes } from './routes/peeringdb-cache';
import { createScheduleRoutes } from './routes/schedules';
import { createSchemaRoutes } from './routes/schema';
import { createStatusRoutes } from './routes/status';
import { createTokenRoutes } from './routes/tokens';
import type { Temporal } from './temporal/client';

/** What the API needs. */
export interface AppDeps {
  readonly knex: Knex;
  readonly temporal: Temporal;
  readonly config: Pick<Config, 'PUBLIC_URL' | 'METRICS_OPEN' | 'PEERINGDB_API_KEY'>;
  /** What the settings say of NetBox. */
  readonly netbox: NetboxSettings;
  /** What the settings say of incidents and PagerDuty. */
  readonly incidents: IncidentSettings;
  readonly ixapi?: IxapiSettings;
  readonly vault: Vault;
  /** Lets alerts' workflows be told of what was committed. */
  readonly tell: () => void;
  /** The admin token given by the settings, or generated at the first start. */
  readonly bootstrapToken: Secret;
  readonly log: Log;
  /** What `/health/ready` asks, by the names it shows. */
  readonly probes: Probes;
  /** This product's version. */
  readonly version: string;
  readonly clock?: () => Date;
  /** Fires when the product stops: whoever waits for a job is answered at once. */
  readonly draining?: AbortSignal;
  /** Where the API's measurements go, beside those of others. */
  readonly metrics?: Registry;
}

/** The endpoints of the API. */
function createEndpoints(deps: AppDeps & { readonly clock: () => Date }, registry: Registry): Endpoint[] {
  const { config } = deps;
  const endpoints: Endpoint[] = [
    ...createHealthRoutes(deps),
    ...createMetricsRoutes({ registry, open: config.METRICS_OPEN }),
    ...createStatusRoutes(deps),
    ...createSchemaRoutes(() => endpoints, deps.version),
    ...createJobRoutes(deps),
    ...createScheduleRoutes(deps),
    ...createTokenRoutes(deps),
    ...createPeeringdbCacheRoutes({ ...deps, hasPeeringdbKey: config.PEERINGDB_API_KEY !== undefined }),
    ...createPeeringdbRoutes(deps),
    ...createHiddenPeerRoutes(deps),
    ...createPeeringRoutes(deps),
    ...createIxapiRoutes(deps),
    ...createDevicesRoutes(deps),
    ...createIncidentsRoutes(deps),
    ...createPagerdutyRoutes(deps),
  ];
  return endpoints;
}

/** Pages come from here and from nowhere else. Whether plain HTTP is good enough is for whoever runs the proxy to say. */
const headers = helmet({
  contentSecurityPolicy: { directives: { 'upgrade-insecure-requests': null } },
  strictTransportSecurity: false,
});

/** The API, which does not listen: see `server.ts`. */
export function createApp(deps: AppDeps): Express {
  const { knex, config, bootstrapToken, draining = new AbortController().signal } = deps;
  const clock = deps.clock ?? (() => new Date());
  const log = deps.log.named('api');
  const metrics = createHttpMetrics(deps.metrics);
  registerProductMetrics(metrics.registry, { knex, clock, log });
  const app = express();
  app.set('query parser', false);
  app.disable('x-powered-by');
  // Nobody asks by them, and a digest of each answer costs as much as writing it.
  app.disable('etag');
  app.use(createRequestLog(log), headers);
  app.get('/', (_request, response) => response.redirect('/api/schema/swagger-ui/'));
  app.use(createSwaggerUi());
  app.use(
    createRouter(createEndpoints({ ...deps, clock }, metrics.registry), {
      ...{ knex, metrics, clock, draining, publicUrl: config.PUBLIC_URL },
      authenticate: createAuthenticate({ knex, bootstrapToken, clock, log }),
    }),
  );
  app.use(notFoundHandler, errorHandler);
  return app;
}
