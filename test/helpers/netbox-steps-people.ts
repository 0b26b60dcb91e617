import request from 'supertest';
import { ADMIN } from './api';
import type { Doing, World } from './netbox-steps';

/** What people do with routers here. An answer that refuses is an answer. */

interface Row {
  readonly id: number;
}

async function pickRow({ site }: World, table: string, at: number, where: object = {}): Promise<Row | undefined> {
  const rows = await site.knex<Row>(table).where(where).orderBy('id').select('id');
  return rows[at % Math.max(1, rows.length)];
}

const toRouter =
  (action: string, where: object = {}): Doing =>
  async (world, at) => {
    const router = await pickRow(world, 'devices_router', at, where);
    if (router) await world.site.api.post(`/api/devices/routers/${router.id}/${action}/`, {});
  };

const toAdoption =
  (action: string): Doing =>
  async (world, at) => {
    const adoption = await pickRow(world, 'devices_adoption', at);
    if (adoption) await world.site.api.post(`/api/devices/adoptions/${adoption.id}/${action}/`, {});
  };

const remove = ({ site }: World, path: string): request.Test =>
  request(site.api.app).delete(path).set('Authorization', `Token ${ADMIN}`);

export const PEOPLE: Record<string, Doing> = {
  add: async ({ site }, at) => {
    const names = [...site.fake.state.devices.values()].map(({ name }) => name ?? 'nameless');
    await site.api.post('/api/devices/routers/', { name: names[at % Math.max(1, names.length)] ?? 'lonely' });
  },
  unlink: toRouter('unlink'),
  restoreDeleted: toRouter('restore', { state: 'deleted' }),
  restoreHidden: toRouter('restore', { state: 'not_visible' }),
  accept: toAdoption('accept'),
  reject: toAdoption('reject'),
  link: async (world, at) => {
    const router = await pickRow(world, 'devices_router', at, { state: 'local' });
    const ids = [...world.site.fake.state.devices.keys()];
    const netbox_device_id = ids[at % Math.max(1, ids.length)];
    if (router && netbox_device_id !== undefined)
      await world.site.api.post(`/api/devices/routers/${router.id}/link/`, { netbox_device_id });
  },
  exclude: async (world, at) => {
    const router = await pickRow(world, 'devices_router', at);
    if (router) await remove(world, `/api/devices/routers/${router.id}/?exclude=true`);
  },
  include: async (world, at) => {
    const rows = await world.site.knex<{ netbox_device_id: number }>('devices_exclusion').orderBy('netbox_device_id');
    const row = rows[at % Math.max(1, rows.length)];
    if (row) await remove(world, `/api/devices/exclusions/${row.netbox_device_id}/`);
  },
};
