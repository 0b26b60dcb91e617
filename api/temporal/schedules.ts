import {
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleDescription,
  type ScheduleHandle,
  type ScheduleOptions,
} from '@temporalio/client';
import { PAGERDUTY_SCHEDULE_ID } from '../../workflows/incident/messages';
import { IXAPI_SCHEDULE_ID } from '../../workflows/ixapi/messages';
import { NETBOX_SCHEDULE_ID } from '../../workflows/netbox/messages';
import { PEERINGDB_SCHEDULE_ID } from '../../workflows/peeringdb/messages';
import { TASK_QUEUE } from '../../workflows/shared/job';
import type { Temporal } from './client';

/** The ids of our Schedules, in the order in which they are listed; a namespace may hold those of others. */
export const SCHEDULE_IDS = [
  PEERINGDB_SCHEDULE_ID,
  NETBOX_SCHEDULE_ID,
  IXAPI_SCHEDULE_ID,
  PAGERDUTY_SCHEDULE_ID,
] as const;

/** What a Schedule starts, and when. */
export interface ScheduleSpec {
  readonly id: string;
  /** Five fields, UTC; none: no such schedule. */
  readonly cron: string | undefined;
  /** The name of the workflow's function. */
  readonly workflowType: string;
  readonly args: readonly unknown[];
  /** What its workflow's ids begin with; Temporal appends the time. */
  readonly workflowId: string;
  /** How late a start may still be made up for after a downtime, in milliseconds. */
  readonly catchupWindow: number;
}

/** A schedule as it is answered. Times are ISO 8601. */
export interface Schedule {
  readonly id: string;
  readonly cron: string | null;
  readonly paused: boolean;
  readonly note: string | null;
  readonly next_run: string | null;
  readonly last_run: string | null;
  readonly workflow_type: string;
  /** Starts that were left out because the one before was still running. */
  readonly skipped: number;
}

/**
 * The action has no retry policy of its own: SDK 1.24 cannot read a partial one back when the schedule is updated.
 * Temporal keeps a cron expression as a calendar; the comment is how it can be shown as it was written.
 */
function definition(
  { workflowType, args, workflowId, catchupWindow }: ScheduleSpec,
  cron: string,
): Pick<ScheduleOptions, 'spec' | 'action' | 'policies'> {
  return {
    spec: { cronExpressions: [`${cron} #${cron}`], timezone: 'UTC' },
    action: { type: 'startWorkflow', workflowType, args: [...args], workflowId, taskQueue: TASK_QUEUE },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow },
  };
}

/** Schedules are workflows of the server's own: after its restart they may wait for a worker that is gone, some 10 s. */
const DEADLINE_MS = 15_000;

const unlessMissing = (error: unknown): undefined => {
  if (error instanceof ScheduleNotFoundError) return undefined;
  throw error;
};

async function describe(client: Client, id: string): Promise<ScheduleDescription | undefined> {
  return client.schedule.getHandle(id).describe().catch(unlessMissing);
}

/** Makes a schedule as it should be. One that is there gets its new times and keeps its pause and note. */
export async function ensureSchedule(temporal: Temporal, spec: ScheduleSpec): Promise<void> {
  const { id, cron } = spec;
  await temporal.call(async (client) => {
    const handle = client.schedule.getHandle(id);
    if (cron === undefined) {
      await handle.delete().catch(unlessMissing);
      return;
    }
    const wanted = definition(spec, cron);
    if (await describe(client, id)) {
      await handle.update(({ state }) => ({ ...wanted, state }));
    } else {
      await client.schedule.create({ scheduleId: id, ...wanted });
    }
  }, DEADLINE_MS);
}

const iso = (time: Date | undefined): string | null => time?.toISOString() ?? null;

function shown({ scheduleId, spec, state, info, action }: ScheduleDescription): Schedule {
  const cron = spec.calendars?.[0]?.comment?.trim();
  return {
    id: scheduleId,
    cron: cron === undefined || cron === '' ? null : cron,
    paused: state.paused,
    note: state.note === undefined || state.note === '' ? null : state.note,
    next_run: state.paused ? null : iso(info.nextActionTimes[0]),
    last_run: iso(info.recentActions.at(-1)?.takenAt),
    workflow_type: action.workflowType,
    skipped: info.numActionsSkippedOverlap,
  };
}

/** One of our schedules; nothing when there is none of this id. */
export async function findSchedule(temporal: Temporal, id: string): Promise<Schedule | undefined> {
  if (!SCHEDULE_IDS.some((known) => known === id)) return undefined;
  const description = await temporal.call((client) => describe(client, id), DEADLINE_MS);
  return description && shown(description);
}

/** All schedules that there are. */
export async function listSchedules(temporal: Temporal): Promise<Schedule[]> {
  const found = await Promise.all(SCHEDULE_IDS.map((id) => findSchedule(temporal, id)));
  return found.filter((schedule) => schedule !== undefined);
}

/** What can be done to a schedule. */
export const SCHEDULE_ACTIONS = {
  pause: (handle: ScheduleHandle, note?: string) => handle.pause(note),
  unpause: (handle: ScheduleHandle, note?: string) => handle.unpause(note),
  trigger: (handle: ScheduleHandle) => handle.trigger(),
} as const;

export type ScheduleAction = keyof typeof SCHEDULE_ACTIONS;

/** Does something to a schedule; what it is like afterwards, or nothing when there is none of this id. */
export async function actOnSchedule(
  temporal: Temporal,
  id: string,
  action: ScheduleAction,
  note?: string,
): Promise<Schedule | undefined> {
  if (!(await findSchedule(temporal, id))) return undefined;
  await temporal.call((client) => SCHEDULE_ACTIONS[action](client.schedule.getHandle(id), note), DEADLINE_MS);
  return findSchedule(temporal, id);
}
