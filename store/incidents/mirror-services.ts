import type { Knex } from 'knex';

/** The technical services of these names, made where there are none, in the order of their names; their ids. */
export async function ensureServices(trx: Knex, names: readonly string[], now: Date): Promise<readonly number[]> {
  const time = now.toISOString();
  const ids: number[] = [];
  for (const name of [...new Set(names)].sort()) {
    const known = await trx<{ id: number; name: string }>('incident_service').where({ name }).first('id');
    const [row] = known
      ? [known]
      : await trx('incident_service')
          .insert({
            ...{ name, service_type: 'technical', description: '', hold_seconds: 0, quiet_seconds: 0 },
            ...{ created: time, last_updated: time },
          })
          .onConflict('name')
          .merge(['name'])
          .returning<{ id: number }[]>('id');
    if (row) ids.push(row.id);
  }
  return ids;
}
