import type { Knex } from 'knex';
import { IS_ASKED } from './plan';

/**
 * What a plan says, as the result of its job: the devices by what would be done, and how many routers are right. The ids
 * are those of NetBox's devices. It can be as large as NetBox is, so it is made where it is kept.
 */
const PLAN = `
  SELECT jsonb_build_object('checksum', p.checksum,
    'create', coalesce(jsonb_agg(shown ORDER BY id) FILTER (WHERE kind = 'create'), '[]'),
    'update', coalesce(jsonb_agg(shown ORDER BY id) FILTER (WHERE kind = 'update'), '[]'),
    'delete', coalesce(jsonb_agg(shown ORDER BY id) FILTER (WHERE kind = 'delete'), '[]'),
    'unchanged', (SELECT count(*) FROM devices_router r JOIN netbox_device d ON d.id = r.netbox_device_id
      WHERE d.reading > p.reading AND ${IS_ASKED} AND NOT EXISTS (SELECT FROM netbox_plan_entry x
        WHERE x.plan = p.job_id AND x.netbox_device_id = r.netbox_device_id)),
    'skipped', coalesce(jsonb_agg(jsonb_build_object('id', id, 'name', name, 'reason', reason) ORDER BY id)
      FILTER (WHERE kind = 'skip'), '[]'))
  FROM netbox_plan p LEFT JOIN LATERAL (
    SELECT e.netbox_device_id AS id, e.kind, e.name, e.reason, jsonb_build_object('id', e.netbox_device_id,
      'router', e.router, 'name', e.name, 'changes', e.changes) AS shown
    FROM netbox_plan_entry e WHERE e.plan = p.job_id
  ) entry ON true
  WHERE p.job_id = CAST(:plan AS uuid) GROUP BY p.job_id`;

/** What came of applying a plan: how many devices, which moved since, and which the guard holds back. */
const APPLIED = `
  SELECT jsonb_build_object('result', jsonb_build_object(
    'applied', count(*) FILTER (WHERE outcome NOT IN ('stale', 'superseded', 'held', 'proposed', 'excluded')),
    'stale', coalesce(jsonb_agg(netbox_device_id ORDER BY netbox_device_id)
      FILTER (WHERE outcome IN ('stale', 'superseded')), '[]'),
    'held', coalesce(jsonb_agg(netbox_device_id ORDER BY netbox_device_id) FILTER (WHERE outcome = 'held'), '[]')))
  FROM netbox_plan_entry WHERE plan = CAST(:plan AS uuid)`;

/** The result of a job that planned, or applied a plan. */
export const planResult = (knex: Knex, plan: string, applied: boolean): Knex.Raw =>
  knex.raw(applied ? `(${PLAN}) || (${APPLIED})` : `(${PLAN})`, { plan });
