import { Context } from '@temporalio/activity';
import { ensureJob, finishJob, startJob } from '../../store/jobs';
import { wasApplied } from '../../store/netbox/apply';
import { closePlan, findPlan, openPlan } from '../../store/netbox/plan';
import { planResult } from '../../store/netbox/plan-result';
import type { NetboxActivities } from '../../workflows/netbox/activities';
import { NETBOX_RECONCILE_JOB } from '../../workflows/netbox/messages';
import { execution } from '../shared/execution';
import { whileHeartbeating } from '../shared/heartbeat';
import { applyPlan } from './apply';
import type { NetboxClient } from './client';
import { compareAbsent, compareListing, compareSome, type Work } from './compare';
import type { NetboxDeps } from './deps';
import { followChanges } from './follow';

type ReconcileActivities = Omit<NetboxActivities, 'convergeDevice' | 'countHolds' | 'confirmHolds' | 'dropHolds'>;

/** The activities of a reconciliation, and of following the change log. */
export function createReconcileActivities(deps: NetboxDeps, clientOf: () => NetboxClient): ReconcileActivities {
  const { knex, clock } = deps;
  const work = (): Work => ({ deps, client: clientOf(), signal: Context.current().cancellationSignal });

  return {
    async openReconciliation({ job_id, durations: _, ...input }) {
      await ensureJob(knex, { id: job_id, type: NETBOX_RECONCILE_JOB, input, ...execution(Context.current()) });
      await startJob(knex, job_id, clock());
      if (input.mode !== 'apply') await openPlan(knex, { job_id, device_ids: input.device_ids ?? null }, clock());
    },

    compareListing: ({ job_id, progress }) => whileHeartbeating(compareListing(work(), job_id, progress)),

    compareSome: ({ job_id, device_ids }) => whileHeartbeating(compareSome(work(), job_id, device_ids)),

    compareAbsent: ({ job_id, listed }) => whileHeartbeating(compareAbsent(work(), job_id, listed)),

    async closePlan({ job_id }) {
      await closePlan(knex, job_id);
      const plan = await findPlan(knex, job_id);
      return { appliesItself: plan?.device_ids !== null || (await wasApplied(knex)) };
    },

    applyPlan: ({ plan, strict }) => {
      const context = Context.current();
      const applying = { ...work(), beat: () => context.heartbeat() };
      return whileHeartbeating(applyPlan(applying, { plan, strict }));
    },

    followChanges: () => {
      const context = Context.current();
      return whileHeartbeating(followChanges({ ...work(), beat: () => context.heartbeat() }));
    },

    async closeReconciliation({ job_id, plan, applied, ending }) {
      const result = planResult(knex, plan, applied);
      await finishJob(knex, job_id, ending.status === 'completed' ? { ...ending, result } : ending, clock());
    },
  };
}
