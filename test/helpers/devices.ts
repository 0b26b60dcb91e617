import type { Knex } from 'knex';
import request from 'supertest';
import type { Temporal } from '../../api/temporal/client';
import { ADMIN, createTestApi, noTemporal, type TestApi } from './api';
import { createTestDatabase, type TestDatabase } from './database';

export const PLATFORMS = '/api/devices/platforms/';
export const ROUTERS = '/api/devices/routers/';

/** An API with the link to NetBox on, and Temporal away: what devices' workflows would be told is kept. */
export interface DevicesSite {
  readonly api: TestApi;
  readonly knex: Knex;
  readonly send: (method: 'put' | 'patch' | 'delete', path: string, body?: object) => request.Test;
  /** The devices that wait to be looked at, and for whom. */
  readonly hints: () => Promise<unknown[]>;
  readonly close: () => Promise<void>;
}

/** Starts it; `missing` are the settings that are not set. */
export async function createDevicesSite(missing: readonly string[] = []): Promise<DevicesSite> {
  const database: TestDatabase = await createTestDatabase();
  const temporal: Temporal = noTemporal();
  const { knex } = database;
  const api = createTestApi(knex, temporal, { netbox: { missing, roles: [], tags: [], secrets: [] } });
  api.now = new Date('2026-01-02T03:04:05.678Z');
  return {
    api,
    knex,
    send: (method, path, body = {}) => request(api.app)[method](path).set('Authorization', `Token ${ADMIN}`).send(body),
    hints: async () => {
      const kept = await knex<{ id: number; device_id: number; hint: object }>('netbox_hint').orderBy('id');
      return kept.map(({ device_id, hint }) => ({ device_id, ...hint }));
    },
    close: async () => {
      await temporal.close();
      await database.drop();
    },
  };
}

/** Makes a router what a convergence would have made of it. */
export async function setRouter(knex: Knex, id: number, values: object): Promise<void> {
  await knex('devices_router').where({ id }).update(values);
}
