import { z } from 'zod';
import type { JobRow } from '../../../store/jobs';
import { wasApplied } from '../../../store/netbox/apply';
import { findPlan } from '../../../store/netbox/plan';
import {
  NETBOX_RECONCILE_JOB,
  NETBOX_RECONCILE_WORKFLOW_ID,
  type NetboxReconcileInput,
} from '../../../workflows/netbox/messages';
import { endpoint, type Endpoint } from '../../http/endpoint';
import { jobAnswer, jobBody, jobSchema } from '../../http/job-answer';
import { waitQuery } from '../../http/schemas';
import { invalidRequest, Problem } from '../../problem';
import { startJobWorkflow, type Started } from '../../temporal/jobs';
import { requireNetbox, type DevicesDeps } from './deps';

/** Devices that can be asked for by their ids: more of them are better compared all together. */
const MOST_DEVICES = 1000;

const deviceId = z.int().min(1).max(Number.MAX_SAFE_INTEGER);
const PLANNING = ['dry_run', 'device_ids'] as const;
const APPLYING = ['plan', 'checksum', 'strict'] as const;

/** What to compare; or the plan to apply, with its checksum. */
const body = z
  .strictObject({
    dry_run: z.boolean().optional(),
    device_ids: z.array(deviceId).min(1).max(MOST_DEVICES).optional(),
    plan: z
      .uuid()
      .transform((id) => id.toLowerCase())
      .optional(),
    checksum: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'expected the checksum of the plan')
      .optional(),
    strict: z.boolean().optional(),
  })
  .superRefine((given, ctx) => {
    if (APPLYING.every((field) => given[field] === undefined)) return;
    const report = (field: string, message: string): void => ctx.addIssue({ code: 'custom', path: [field], message });
    for (const field of ['plan', 'checksum'] as const) if (given[field] === undefined) report(field, 'is required');
    for (const field of PLANNING)
      if (given[field] !== undefined) report(field, 'expected nothing of this where a plan is applied');
  });

type Asked = z.output<typeof body>;
type Input = NetboxReconcileInput extends infer T ? (T extends unknown ? Omit<T, 'job_id'> : never) : never;

async function planInput({ knex }: DevicesDeps, { dry_run = true, device_ids }: Asked): Promise<Input> {
  if (!dry_run && device_ids === undefined && !(await wasApplied(knex)))
    throw new Problem(
      'conflict',
      'the first reconciliation of all devices is a plan that a person applies: ask for it with dry_run, then send its plan and checksum',
    );
  const mode = dry_run ? 'plan' : 'plan-and-apply';
  return { mode, ...(device_ids === undefined ? {} : { device_ids }) };
}

async function applyInput({ knex }: DevicesDeps, plan: string, { checksum, strict = false }: Asked): Promise<Input> {
  const known = await findPlan(knex, plan);
  if (known === undefined) throw invalidRequest({ plan: ['there is no plan of this job'] });
  if (known.checksum === null) throw new Problem('conflict', `the job ${plan} has not planned to its end`);
  if (known.checksum !== checksum) throw new Problem('conflict', 'the checksum is not that of the plan');
  return { mode: 'apply', plan, strict };
}

/** The job that was started, or the running one when it does the same. Throws a 409 that names it. */
function jobOf(started: Started, mode: string, baseUrl: string): JobRow {
  if (started.started) return started.job;
  const { running, job } = started;
  if (job !== undefined && running.mode === mode) return job;
  throw new Problem(
    'already-running',
    `a reconciliation is running: job ${running.job_id ?? 'unknown'}; wait for it, or cancel it`,
    {
      members: job === undefined ? {} : { job: jobBody(job, baseUrl) },
    },
  );
}

/** What makes two reconciliations the same: those of some devices are all different. */
const modeOf = (input: Input): string =>
  input.mode === 'apply' ? `apply ${input.plan}` : `${input.mode}${'device_ids' in input ? ' of some devices' : ''}`;

/** Starts a reconciliation, or joins the same one that runs. */
export async function startReconciliation(deps: DevicesDeps, input: Input, baseUrl: string): Promise<JobRow> {
  const mode = modeOf(input);
  const started = await startJobWorkflow(deps, {
    ...{ type: NETBOX_RECONCILE_JOB, workflowId: NETBOX_RECONCILE_WORKFLOW_ID, workflowType: 'netboxReconcile' },
    ...{ input: { ...input }, mode, object: 'netbox' },
  });
  return jobOf(started, 'device_ids' in input ? 'no other is the same' : mode, baseUrl);
}

/** Comparing NetBox's devices with the routers, and applying what was planned. */
export const createReconcileRoutes = (deps: DevicesDeps): Endpoint[] => [
  endpoint({
    method: 'post',
    path: '/api/devices/reconcile/',
    summary: "Compare NetBox's devices with the routers, which makes a plan; or apply a plan",
    tags: ['devices'],
    scope: 'write',
    creates: true,
    request: { query: waitQuery, body },
    responses: {
      200: { description: 'With wait: the job, completed; its result is the plan', schema: jobSchema },
      202: { description: 'The job, or the running one that does the same', schema: jobSchema },
      409: { description: 'Another one is running, the checksum is another, or with strict: the plan is stale' },
      502: { description: 'With wait: NetBox failed' },
    },
    handler: async ({ body: asked, query }, context) => {
      requireNetbox(deps.netbox);
      const input = asked.plan === undefined ? await planInput(deps, asked) : await applyInput(deps, asked.plan, asked);
      return jobAnswer(deps, await startReconciliation(deps, input, context.baseUrl), context, query.wait);
    },
  }),
];
