import { z } from 'zod';
import type { Config } from '../../../config/schema';
import type { Secret } from '../../../config/secret';
import { found, type Finding, type Level } from './check';
import { notNetbox, withNetbox, type AskNetbox, type NetboxAnswer } from './netbox-ask';
import { checkCustomFields, checkRoles, checkTags } from './netbox-names';

/** The oldest NetBox that this was made for. */
const OLDEST = [3, 5] as const;
/** Since when the change log is NetBox's core and no extra. */
const CHANGE_LOG_MOVED = [4, 1] as const;

const statusSchema = z.looseObject({ 'netbox-version': z.string() });
const countSchema = z.looseObject({ count: z.int() });

/** Whether a version is this one or a later one; one that is no version is. */
function isFrom(version: string, [major, minor]: readonly [number, number]): boolean {
  const [, ...numbers] = /^(\d+)\.(\d+)/.exec(version) ?? [];
  const [have = Infinity, haveMinor = 0] = numbers.map(Number);
  return have > major || (have === major && haveMinor >= minor);
}

/** What an answer other than the right one means where one has to have a right. */
function without(
  answer: Exclude<NetboxAnswer, { kind: 'answer' }>,
  what: string,
  right: string,
  level: Level,
): Finding {
  if (answer.kind === 'failed') return answer.finding;
  if (answer.kind === 'missing')
    return found(level, `NetBox does not have ${what} at this address (404)`, 'look at NETBOX_API');
  const hint = `give its user the permission to view ${right}`;
  return found(level, `the token may not read ${what}: ${answer.said}`, hint);
}

async function checkDevices(ask: AskNetbox): Promise<Finding> {
  const answer = await ask('dcim/devices/?limit=1&fields=id&exclude=config_context');
  if (answer.kind !== 'answer') return without(answer, 'devices', 'dcim | device', 'fail');
  const page = countSchema.safeParse(answer.json);
  if (!page.success) return found('fail', 'the list of devices is none', 'look at what lies before NetBox');
  const { count } = page.data;
  if (count > 0) return found('ok', `the token may read devices: ${count}`);
  return found(
    'warn',
    'the token sees no device',
    'look at the constraints of its permissions, unless NetBox has none',
  );
}

async function checkChangeLog(ask: AskNetbox, version: string, follow: boolean): Promise<Finding> {
  const app = isFrom(version, CHANGE_LOG_MOVED) ? 'core' : 'extras';
  const answer = await ask(`${app}/object-changes/?changed_object_type=dcim.device&limit=1`);
  if (answer.kind === 'answer') return found('ok', 'the token may read the change log');
  const finding = without(answer, 'the change log', `${app} | object change`, follow ? 'fail' : 'warn');
  if (follow || answer.kind === 'failed') return finding;
  return {
    ...finding,
    detail: `${finding.detail}; a deletion is then believed only when a whole listing lacks the device`,
  };
}

function checkWebhooks({ NETBOX_WEBHOOK_SECRETS: secrets = [] }: Config): Finding {
  if (secrets.length > 0) return found('ok', `webhooks have to be signed; secrets: ${secrets.length}`);
  const hint = "set NETBOX_WEBHOOK_SECRETS to the secret of NetBox's webhook";
  return found('warn', 'webhooks need no signature: a token is enough', hint);
}

function checkStatus(url: string, answer: NetboxAnswer): { readonly finding: Finding; readonly version?: string } {
  if (answer.kind === 'failed') return answer;
  if (answer.kind === 'forbidden') {
    const hint = 'look at NETBOX_API_TOKEN: it is wrong or expired, or not allowed from this address';
    return { finding: found('fail', `${url} refuses the token: ${answer.said}`, hint) };
  }
  const status = statusSchema.safeParse(answer.kind === 'answer' ? answer.json : undefined);
  if (!status.success) return { finding: notNetbox(url) };
  const version = status.data['netbox-version'];
  const detail = `${url} is NetBox ${version}`;
  if (isFrom(version, OLDEST)) return { finding: found('ok', detail), version };
  return { finding: found('warn', detail, `${OLDEST.join('.')} or newer is expected`), version };
}

async function examine(ask: AskNetbox, url: string, config: Config): Promise<Finding[]> {
  const { finding, version } = checkStatus(url, await ask('status/'));
  if (version === undefined) return [finding, checkWebhooks(config)];
  const rights = await Promise.all([
    checkDevices(ask),
    checkRoles(ask, config.NETBOX_DEVICE_ROLES),
    checkTags(ask, config.NETBOX_TAGS),
    checkCustomFields(ask, config.NETBOX_CUSTOM_FIELDS),
    checkChangeLog(ask, version, config.NETBOX_FOLLOW),
  ]);
  return [finding, ...rights.flat(), checkWebhooks(config)];
}

/** Whatever others say of a token, it is not repeated. */
function withoutSecret(findings: readonly Finding[], token: Secret): Finding[] {
  const hide = (text: string): string => text.replaceAll(token.reveal(), '[redacted]');
  return findings.map(({ level, detail, hint }) => found(level, hide(detail), hint === undefined ? hint : hide(hint)));
}

/** Whether NetBox answers, lets us read what we need, and knows what the settings name. */
export async function checkNetbox(config: Config): Promise<Finding[]> {
  const { NETBOX_API: url, NETBOX_API_TOKEN: token, NETBOX_API_VERIFY_SSL: verifyTls } = config;
  if (url === undefined && token === undefined)
    return [found('ok', 'off: neither NETBOX_API nor NETBOX_API_TOKEN is set')];
  if (url === undefined) return [found('fail', 'NETBOX_API_TOKEN is set, NETBOX_API is not', 'set both, or neither')];
  if (token === undefined) return [found('fail', 'NETBOX_API is set, NETBOX_API_TOKEN is not', 'set both, or neither')];
  const findings = await withNetbox({ url, token, verifyTls }, (ask) => examine(ask, url, config));
  return withoutSecret(findings, token);
}
