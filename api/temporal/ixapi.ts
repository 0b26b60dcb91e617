import { WorkflowFailedError } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import type { Knex } from 'knex';
import { dropProbe, keepProbe, probeAnswer, type Access, type ProbeAnswer } from '../../store/ixapi/object/probes';
import type { Vault } from '../../store/secrets';
import { ixapiProbeWorkflowId, type IxapiProbeInput } from '../../workflows/ixapi/messages';
import { startsOn, TASK_QUEUE } from '../../workflows/shared/job';
import { Problem } from '../problem';
import type { Temporal } from './client';

interface ProbeDeps {
  readonly knex: Knex;
  readonly temporal: Temporal;
  readonly vault: Vault;
}

/** How long a person waits for what a probe says; the probe itself is over a little sooner. */
const DEADLINE_MS = 60_000;
const LONGEST = '58 seconds';

async function run({ temporal }: ProbeDeps, id: string): Promise<void> {
  const told: IxapiProbeInput = { id };
  const handle = await temporal.call((client) =>
    client.workflow.start('ixapiProbe', {
      ...{ workflowId: ixapiProbeWorkflowId(id), taskQueue: TASK_QUEUE, args: [told] },
      workflowExecutionTimeout: LONGEST,
      typedSearchAttributes: new TypedSearchAttributes(startsOn('ixapi')),
    }),
  );
  await temporal.call(() => handle.result(), DEADLINE_MS);
}

/**
 * Lets a worker try an address, a key and a secret; what came of it. They stand sealed in the database meanwhile. Throws a
 * 502 when nobody came to an end with it.
 */
export async function tryAccess(deps: ProbeDeps, access: Access, now: Date): Promise<ProbeAnswer> {
  const { knex, vault } = deps;
  const id = await keepProbe(knex, vault, access, now);
  try {
    await run(deps, id);
    const answer = await probeAnswer(knex, id);
    if (answer !== undefined) return answer;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    throw new Problem('upstream-failed', 'the exchange could not be tried in time: try again later', { cause: error });
  } finally {
    await dropProbe(knex, id);
  }
  throw new Error(`the probe ${id} ended without an answer`);
}
