import type { Knex } from 'knex';
import request from 'supertest';
import type { Temporal } from '../../api/temporal/client';
import { ADMIN, createTestApi, noTemporal, type TestApi } from './api';
import { createTestDatabase } from './database';

const BUSINESS = '/api/plugins/business-application/';
export const EVENTS = `${BUSINESS}events/`;
export const INCIDENTS = `${BUSINESS}incidents/`;
export const SOURCES = `${BUSINESS}event-sources/`;
export const SERVICES = `${BUSINESS}technical-services/`;
export const MAINTENANCE = `${BUSINESS}maintenance/`;

type Send = (method: 'put' | 'patch' | 'delete', path: string, body?: object) => request.Test;

/** Changes and deletes by an API. */
export const senderOf =
  ({ app }: Pick<TestApi, 'app'>): Send =>
  (method, path, body = {}) =>
    request(app)[method](path).set('Authorization', `Token ${ADMIN}`).send(body);

/** An API without Temporal: what alerts' workflows would be told waits. */
export interface RecordsSite {
  readonly api: TestApi;
  readonly knex: Knex;
  readonly send: Send;
  /** How often alerts' workflows were to be told. */
  readonly told: () => number;
  /** Makes all alerts what they are once PagerDuty was told of everything. */
  readonly settle: (told: 'triggered' | 'resolved' | 'nothing') => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function createRecordsSite(): Promise<RecordsSite> {
  const database = await createTestDatabase();
  const temporal: Temporal = noTemporal();
  const { knex } = database;
  let tells = 0;
  const tell = (): void => {
    tells += 1;
  };
  const api = createTestApi(knex, temporal, { tell });
  api.now = new Date('2026-01-02T03:04:05.678Z');
  return {
    ...{ api, knex, send: senderOf(api), told: () => tells },
    settle: async (told) => {
      await knex('pagerduty_alert').update({
        ...{ told, pending: 0, is_held: false, signalled: knex.ref('news') },
        state: knex.raw(`state || jsonb_build_object('heard', news, 'queue', '[]'::jsonb, 'dead', false)`),
      });
    },
    close: async () => {
      await temporal.close();
      await database.drop();
    },
  };
}
