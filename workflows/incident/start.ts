import type { WorkflowStartOptions } from '@temporalio/client';
import { TypedSearchAttributes, type SignalDefinition } from '@temporalio/common';
import { startsOn, TASK_QUEUE } from '../shared/job';
import { newsSignal, pagerdutyLookUpWorkflowId, type IncidentInput, type PagerdutyLookUpInput } from './messages';

/** What a client of Temporal's is told: the workflow of an alert, and that there is news. */
export interface NewsOptions {
  readonly workflowId: string;
  readonly taskQueue: string;
  readonly args: [IncidentInput];
  readonly signal: SignalDefinition;
  readonly signalArgs: [];
  readonly typedSearchAttributes: TypedSearchAttributes;
}

/** Search attributes of type Keyword hold so many characters in every store of Temporal's. */
const LONGEST_KEYWORD = 255;

/** The options of a `signalWithStart` that tells an alert's workflow of news, and starts it if it does not run. */
export const newsOptions = (alert_id: number, workflowId: string): NewsOptions => ({
  workflowId,
  taskQueue: TASK_QUEUE,
  args: [{ alert_id }],
  signal: newsSignal,
  signalArgs: [],
  typedSearchAttributes: new TypedSearchAttributes(startsOn(workflowId.slice(0, LONGEST_KEYWORD))),
});

/** The options that start a look-up, unless it runs. */
export const lookUpOptions = (webhook_id: string): WorkflowStartOptions & { readonly args: [PagerdutyLookUpInput] } => {
  const workflowId = pagerdutyLookUpWorkflowId(webhook_id);
  return {
    workflowId,
    taskQueue: TASK_QUEUE,
    args: [{ webhook_id }],
    typedSearchAttributes: new TypedSearchAttributes(startsOn(workflowId.slice(0, LONGEST_KEYWORD))),
    workflowIdConflictPolicy: 'USE_EXISTING',
  };
};
