import type { Knex } from 'knex';
import { z } from 'zod';
import type { Log } from '../../../config/log';
import { descendsFrom } from '../../../store/netbox/device';
import { rememberedRoles } from '../../../store/netbox/roles';
import { routersOfDevices } from '../../../store/devices/routers';
import { netboxDeviceWorkflowId, type DeviceHint } from '../../../workflows/netbox/messages';
import { endpoint, type Context, type Endpoint } from '../../http/endpoint';
import { isSignedByNetbox } from '../../http/webhook-signature';
import { Problem } from '../../problem';
import { requireNetbox, type DevicesDeps, type NetboxSettings } from './deps';
import { netboxBody, readNetboxWebhook, type NetboxWebhook } from './netbox-body';
import { tellDevice, tellRunning } from './tell-device';

/** Peering Manager documents the first and serves the second. */
const PATHS = ['/api/peering/routers/update-from-netbox/', '/api/devices/routers/update-from-netbox/'];

/** NetBox waits for an answer without a limit and with one worker: it has it within a second. */
const TEMPORAL_MS = 700;

/** A body has a device's local context data up to three times, which may be of any size. */
const LARGEST_BODY = 8 * 1024 * 1024;

const acceptedSchema = z.object({ status: z.literal('accepted'), workflow_id: z.string() });
const ignoredSchema = z.object({ status: z.literal('ignored'), reason: z.string() });

function requireSignature({ secrets }: NetboxSettings, { rawBody, header }: Context): void {
  if (secrets.length === 0 || isSignedByNetbox(rawBody, header('x-hook-signature'), secrets)) return;
  throw new Problem('forbidden', 'X-Hook-Signature is missing, or is that of another secret or body');
}

/**
 * Why a device is plainly no router of ours; nothing where only NetBox's answer can tell. A role that is known to be
 * below another one, or may be, is not plain.
 */
async function whyOutOfScope(
  knex: Knex,
  { roles, tags }: NetboxSettings,
  webhook: NetboxWebhook,
): Promise<string | undefined> {
  if (tags.length > 0 && webhook.tags !== undefined && !webhook.tags.some((tag) => tags.includes(tag)))
    return 'the device has none of NETBOX_TAGS';
  const { role } = webhook;
  if (roles.length === 0 || role === undefined || roles.includes(role.slug) || (role.depth ?? 0) > 0) return undefined;
  if (descendsFrom(role.slug, roles, await rememberedRoles(knex))) return undefined;
  return `the device's role ${role.slug} is none of NETBOX_DEVICE_ROLES`;
}

/**
 * Why a webhook is nothing to look at; nothing if it is, or if PostgreSQL cannot say so: NetBox sends each webhook once,
 * and one reading too many does no harm.
 */
async function whyIgnored(
  { knex, netbox }: DevicesDeps,
  webhook: NetboxWebhook,
  log: Log,
): Promise<string | undefined> {
  try {
    const why = await whyOutOfScope(knex, netbox, webhook);
    if (why === undefined) return undefined;
    return (await routersOfDevices(knex, [webhook.deviceId])).length === 0 ? why : undefined;
  } catch (error) {
    log.warn(
      { err: error, device_id: webhook.deviceId },
      'the device is looked at: what is known of it cannot be read',
    );
    return undefined;
  }
}

const webhookEndpoint = (deps: DevicesDeps, path: string): Endpoint =>
  endpoint({
    method: 'post',
    path,
    summary: "Take a webhook of NetBox's: a hint that something happened to a device",
    tags: ['devices'],
    scope: 'write',
    largestBody: LARGEST_BODY,
    request: { body: netboxBody },
    responses: {
      200: { description: 'It concerns no router', schema: ignoredSchema },
      202: { description: 'The device will be looked at', schema: acceptedSchema },
      503: { description: 'The link to NetBox is off, or nothing can keep the hint' },
    },
    handler: async ({ body }, context) => {
      requireNetbox(deps.netbox);
      requireSignature(deps.netbox, context);
      const webhook = readNetboxWebhook(body);
      const ignored = (reason: string) => ({ body: { status: 'ignored', reason } });
      if ('object' in webhook) return ignored(`${webhook.object} is no device`);
      const { deviceId, request_id, username } = webhook;
      const hint: DeviceHint = {
        layer: 'webhook',
        ...(request_id === undefined ? {} : { request_id }),
        ...(username === undefined ? {} : { username }),
      };
      const why = await whyIgnored(deps, webhook, context.log);
      // A reading that began before may be on its way to make a router of it.
      if (why !== undefined && !(await tellRunning(deps, deviceId, hint, TEMPORAL_MS))) return ignored(why);
      if (why === undefined) await tellDevice(deps, deviceId, hint, context.now, TEMPORAL_MS);
      return { status: 202, body: { status: 'accepted', workflow_id: netboxDeviceWorkflowId(deviceId) } };
    },
  });

/** Where NetBox's webhooks arrive. */
export const createWebhookRoutes = (deps: DevicesDeps): Endpoint[] => PATHS.map((path) => webhookEndpoint(deps, path));
