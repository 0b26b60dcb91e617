import { Context } from '@temporalio/activity';
import { derivedId } from '../../store/pagerduty/job-ids';
import type { PagerdutyClientActivities } from '../../workflows/incident/activities';
import { execution } from '../shared/execution';
import type { ClientOptions, PagerdutyClient } from './client';

/** An activity that is tried again asks for what it asked for before: its job is known by the workflow and the activity. */
function optionsHere(): ClientOptions {
  const context = Context.current();
  const { workflow_id, run_id } = execution(context);
  return { actor: workflow_id, job_id: derivedId(workflow_id, run_id ?? '', context.info.activityId) };
}

/** The client as activities, for other workflows. */
export const createClientActivities = (client: PagerdutyClient): PagerdutyClientActivities => ({
  pagerdutyTrigger: (input) => client.trigger(input, optionsHere()),
  pagerdutyAcknowledge: (input) => client.acknowledge(input, optionsHere()),
  pagerdutyResolve: (input) => client.resolve(input, optionsHere()),
  pagerdutySendEvent: ({ event_id }) => client.sendEvent(event_id, optionsHere()),
  pagerdutySendIncident: ({ incident_id, action }) => client.sendIncident(incident_id, action, optionsHere()),
});
