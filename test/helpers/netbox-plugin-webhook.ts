import { createHmac } from 'node:crypto';
import request, { type Test } from 'supertest';
import { ADMIN, type TestApi } from './api';

const PATH = '/api/plugins/business-application/update-from-netbox/';

/** What these webhooks are signed with. */
export const PLUGIN_SECRET = 'a-webhook-secret';

const sign = (text: string): string => createHmac('sha512', PLUGIN_SECRET).update(text).digest('hex');

/** Delivers a webhook to an API, signed unless a signature is given. */
export function deliverPlugin(api: TestApi, body: object, signature?: string, token = ADMIN): Test {
  const text = JSON.stringify(body);
  return request(api.app)
    .post(PATH)
    .set({ Authorization: `Token ${token}`, 'Content-Type': 'application/json' })
    .set('X-Hook-Signature', signature ?? sign(text))
    .send(text);
}

/** Minutes after the beginning of these stories, as NetBox writes times. */
const at = (minute: number): string => `2026-11-21T04:${String(minute).padStart(2, '0')}:00.123456Z`;

/** A webhook about one of the plugin's objects. */
export const pluginWebhook = (kind: string, data: object, other: object = {}): object => ({
  ...{ event: 'updated', timestamp: at(50), object_type: `business_application.${kind}`, username: 'noc' },
  ...{ request_id: '0a', data, snapshots: { prechange: null, postchange: null }, ...other },
});
/** A webhook about an incident that changed in a minute. */
export const pluginIncident = (
  id: number,
  status: unknown,
  minute: number,
  data: object = {},
  other: object = {},
): object =>
  pluginWebhook(
    'incident',
    {
      ...{ id, title: 'Transit is down', description: 'AS64500', status, severity: 'high', updated_at: at(minute) },
      ...{
        affected_services: [{ id: 3, display: 'Transit', name: 'transit' }],
        responders: [{ id: 1, username: 'ada' }],
      },
      ...{ reporter: 'noc', commander: null, detected_at: at(0), events: [], ...data },
    },
    other,
  );
/** A webhook about an event that changed in a minute. */
export const pluginEvent = (
  id: number,
  status: unknown,
  minute: number,
  data: object = {},
  other: object = {},
): object =>
  pluginWebhook(
    'event',
    {
      ...{
        id,
        dedup_id: `nb-${id}`,
        message: 'Link is down',
        status,
        criticallity: 'critical',
        updated_at: at(minute),
      },
      ...{ event_source: { id: 1, display: 'Zabbix', name: 'Zabbix' }, content_type: 'dcim.device', object_id: 5 },
      ...{ is_valid: true, raw: { probe: 1 }, ...data },
    },
    other,
  );
