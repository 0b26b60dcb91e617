import type { Knex } from 'knex';
import { toJsonb } from '../json';
import type { Changes } from './changes';
import type { Action } from './decide';

/** Who found a change. */
export type Layer = 'webhook' | 'change_log' | 'reconciliation' | 'person';

/** Why something is done: which layer found it, and which request of NetBox's, and whose, was behind it. */
export interface Cause {
  readonly layer: Layer;
  readonly request_id?: string | null | undefined;
  readonly username?: string | null | undefined;
}

/** One line of what became of a router. */
export interface AuditLine {
  readonly router: number;
  readonly netbox_device_id: number | null;
  readonly action: Action | 'linked' | 'unlinked';
  readonly changes: Changes;
  /** Whether a person confirmed what the guard held back. */
  readonly confirmed?: boolean;
}

/** Writes lines of what became of routers. */
export async function audit(knex: Knex, lines: readonly AuditLine[], cause: Cause, now: Date): Promise<void> {
  if (lines.length === 0) return;
  const { layer, request_id = null, username = null } = cause;
  await knex('devices_router_audit').insert(
    lines.map(({ changes, confirmed = false, ...line }) => ({
      ...{ ...line, confirmed, changes: toJsonb(changes), time: now.toISOString() },
      ...{ layer, request_id, username },
    })),
  );
}
