import type { Knex } from 'knex';
import { audit, type AuditLine } from '../netbox/audit';
import { changesBetween } from '../netbox/changes';
import type { Writer } from '../records';
import { lockRouter, type WholeRouter } from './routers';

/** Writes a line of what a person did to a router; none where nothing changed. */
export async function auditPerson(
  trx: Knex.Transaction,
  action: AuditLine['action'],
  { before, after }: { readonly before?: WholeRouter | undefined; readonly after?: WholeRouter | undefined },
  { username, now }: Writer,
): Promise<void> {
  const router = after ?? before;
  if (router === undefined) return;
  const changes = changesBetween(before, after, Object.keys(router) as (keyof WholeRouter)[]);
  if (Object.keys(changes).length === 0) return;
  const netbox_device_id = after?.netbox_device_id ?? before?.netbox_device_id ?? null;
  await audit(trx, [{ router: router.id, netbox_device_id, action, changes }], { layer: 'person', username }, now);
}

/** Watches how a person creates or changes a router, which is locked meanwhile; what it answers audits the change. */
export async function watchRouter(
  trx: Knex.Transaction,
  writer: Writer,
  id?: number,
): Promise<(written: number) => Promise<void>> {
  const before = id === undefined ? undefined : await lockRouter(trx, id);
  return async (written) => {
    const after = await lockRouter(trx, written);
    await auditPerson(trx, before === undefined ? 'created' : 'updated', { before, after }, writer);
  };
}

/** Whether there is a router, or there was one. */
export async function hasHistory(knex: Knex, id: number): Promise<boolean> {
  const { rows } = await knex.raw<{ rows: { known: boolean }[] }>(
    `SELECT EXISTS (SELECT FROM devices_router WHERE id = :id)
      OR EXISTS (SELECT FROM devices_router_audit WHERE router = :id) AS known`,
    { id },
  );
  return rows[0]?.known === true;
}
