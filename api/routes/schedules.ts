import { z } from 'zod';
import { endpoint, type Endpoint } from '../http/endpoint';
import { wholeList } from '../http/list';
import { text, timeOut } from '../http/schemas';
import { pageOf } from '../openapi';
import { notFound } from '../problem';
import type { Temporal } from '../temporal/client';
import { actOnSchedule, findSchedule, listSchedules, type ScheduleAction } from '../temporal/schedules';

const TAGS = ['core'];
const PATH = '/api/core/schedules/';

const params = z.object({ id: z.string() });

const scheduleSchema = z
  .object({
    id: z.string(),
    cron: z.string().nullable(),
    paused: z.boolean(),
    note: z.string().nullable(),
    next_run: timeOut.nullable(),
    last_run: timeOut.nullable(),
    workflow_type: z.string(),
    skipped: z.int(),
  })
  .meta({ id: 'Schedule' });

const noted = z.strictObject({ note: text(200).optional() });

const SUMMARIES: Readonly<Record<ScheduleAction, string>> = {
  pause: 'Let a schedule start nothing; a restart of the product keeps the pause',
  unpause: 'Let a schedule start its work again',
  trigger: 'Start the work of a schedule now',
};

const actionEndpoint = (temporal: Temporal, action: ScheduleAction): Endpoint =>
  endpoint({
    method: 'post',
    path: `${PATH}{id}/${action}/`,
    summary: SUMMARIES[action],
    tags: TAGS,
    scope: 'admin',
    request: { params, body: noted },
    responses: { 200: { description: 'The schedule afterwards', schema: scheduleSchema } },
    handler: async ({ params: { id }, body: { note } }) => {
      const schedule = await actOnSchedule(temporal, id, action, note);
      if (!schedule) throw notFound('schedule', id);
      return { body: schedule };
    },
  });

/** What is started at set times. */
export function createScheduleRoutes({ temporal }: { readonly temporal: Temporal }): Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: PATH,
      summary: 'Schedules, with their next times',
      tags: TAGS,
      scope: 'read',
      responses: { 200: { description: 'All of them', schema: pageOf(scheduleSchema) } },
      handler: async () => wholeList(await listSchedules(temporal)),
    }),
    endpoint({
      method: 'get',
      path: `${PATH}{id}/`,
      summary: 'One schedule',
      tags: TAGS,
      scope: 'read',
      request: { params },
      responses: { 200: { description: 'The schedule', schema: scheduleSchema } },
      handler: async ({ params: { id } }) => {
        const schedule = await findSchedule(temporal, id);
        if (!schedule) throw notFound('schedule', id);
        return { body: schedule };
      },
    }),
    ...(['pause', 'unpause', 'trigger'] as const).map((action) => actionEndpoint(temporal, action)),
  ];
}
