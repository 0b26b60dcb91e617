import { z } from 'zod';
import { endpoint, type Endpoint } from '../http/endpoint';
import { runProbes, type Probes } from '../http/readiness';
import { Problem } from '../problem';

const checks = z.record(z.string(), z.object({ status: z.enum(['ok', 'missing']), reason: z.string().optional() }));

/** Whether the process lives, and whether it can do its work. */
export function createHealthRoutes({ probes }: { readonly probes: Probes }): Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/health/live/',
      summary: 'Whether the process answers',
      tags: ['operation'],
      scope: 'public',
      responses: { 200: { description: 'It does', schema: z.object({ status: z.literal('live') }) } },
      handler: () => ({ body: { status: 'live' } }),
    }),
    endpoint({
      method: 'get',
      path: '/health/ready/',
      summary: 'Whether everything that is needed is there: database, Temporal, worker',
      tags: ['operation'],
      scope: 'public',
      responses: {
        200: { description: 'It is', schema: z.object({ status: z.literal('ready'), checks }) },
        503: { description: 'A problem that lists what is `missing`' },
      },
      handler: async (_input, { log }) => {
        const results = Object.entries(await runProbes(probes));
        const shown = Object.fromEntries(results.map(([name, { error: _, ...check }]) => [name, check]));
        const missing = results.filter(([, { status }]) => status === 'missing');
        if (missing.length === 0) return { body: { status: 'ready', checks: shown } };
        for (const [name, { error }] of missing) log.debug({ err: error, probe: name }, 'not ready');
        const what = missing.map(([name, { reason }]) => `${name} (${reason ?? 'missing'})`).join(', ');
        throw new Problem('not-ready', `missing: ${what}`, {
          members: { missing: missing.map(([name]) => name), checks: shown },
          headers: { 'Retry-After': '2' },
        });
      },
    }),
  ];
}
