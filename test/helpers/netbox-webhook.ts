import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Knex } from 'knex';
import request, { type Test } from 'supertest';
import type { NetboxSettings } from '../../api/routes/devices/deps';
import type { Temporal } from '../../api/temporal/client';
import { Secret } from '../../config/secret';
import type { DeviceHint } from '../../workflows/netbox/messages';
import { ADMIN, createTestApi, type TestApi } from './api';

/** Where NetBox's webhooks are sent to: what Peering Manager serves, and what it documents. */
export const WEBHOOK = '/api/devices/routers/update-from-netbox/';
export const DOCUMENTED = '/api/peering/routers/update-from-netbox/';

const CAPTURES = join(__dirname, '../fixtures/netbox');

/** A webhook that a NetBox sent. */
export interface Capture {
  readonly name: string;
  /** Undefined: it was not signed. */
  readonly signature: string | undefined;
  readonly body: Buffer;
}

/** The names of all webhooks that NetBox 4.6.8 was seen to send. */
export const CAPTURE_NAMES = readdirSync(CAPTURES).map((file) => file.replace(/\.json$/, ''));

/** One of them, byte for byte. */
export function capture(name: string): Capture {
  const { headers, body_b64 } = JSON.parse(readFileSync(join(CAPTURES, `${name}.json`), 'utf8'));
  const signature = new Map<string, string>(headers).get('X-Hook-Signature');
  return { name, signature, body: Buffer.from(body_b64, 'base64') };
}

/** As NetBox signs a body. */
export const sign = (body: Buffer | string, secret: string): string =>
  createHmac('sha512', secret).update(body).digest('hex');

/** What the tests say of NetBox's settings; secrets as text. */
export type WebhookSettings = Partial<Omit<NetboxSettings, 'secrets'>> & { readonly secrets?: readonly string[] };

/** An API with the link to NetBox on, the usual roles and no secrets. */
export function webhookApi(knex: Knex, temporal: Temporal, { secrets = [], ...other }: WebhookSettings = {}): TestApi {
  const netbox: NetboxSettings = {
    ...{ missing: [], roles: ['router', 'firewall'], tags: [], ...other },
    secrets: secrets.map((secret) => new Secret(secret)),
  };
  return createTestApi(knex, temporal, { netbox });
}

/** How a webhook is sent. A header that is empty is left out. */
export interface Sending {
  readonly method?: 'get' | 'post' | 'put' | 'patch' | 'delete';
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends these bytes, or this as JSON, as NetBox would. */
export function deliver(
  { app }: TestApi,
  body: unknown,
  { method = 'post', path = WEBHOOK, headers }: Sending = {},
): Test {
  const all = { Authorization: `Token ${ADMIN}`, 'Content-Type': 'application/json', ...headers };
  const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
  const bytes = Buffer.isBuffer(body) || typeof body === 'string' ? body : JSON.stringify(body);
  return request(app)
    [method](path)
    .set(given)
    .serialize((unchanged: unknown) => unchanged as string)
    .send(bytes);
}

/** The body of a webhook as Peering Manager documents it, with something else of the device. */
export const classic = (other: object = {}, event: unknown = 'updated'): { event: unknown; data: object } => ({
  event,
  data: {
    ...{ id: 1, display: 'r1', name: 'r1', device_role: { slug: 'router' }, platform: { slug: 'juniper-junos' } },
    ...{ status: { value: 'active', label: 'Active' }, local_context_data: null, ...other },
  },
});

/** The hints that were kept because Temporal could not take them, in order. */
export const keptHints = (knex: Knex): Promise<{ device_id: number; hint: DeviceHint }[]> =>
  knex('netbox_hint').orderBy('id').select('device_id', 'hint');

/** A router that is linked to a device, made directly. */
export async function linkRouter(knex: Knex, netbox_device_id: number): Promise<void> {
  const now = new Date().toISOString();
  await knex('devices_router').insert({
    ...{ name: 'linked', hostname: 'linked', status: 'enabled', state: 'in_sync', description: '', comments: '' },
    ...{ tags: '[]', custom_fields: '{}', created: now, last_updated: now, netbox_device_id },
  });
}
