import type { Config } from '../../../config/schema';
import { found, inWords, type Finding } from './check';
import { askEventsApi, askRestApi } from './pagerduty-ask';
import { keptOfPagerduty, type Kept } from './pagerduty-kept';

/** Refusals that are older concern nobody any more. */
const RECENT_MS = 7 * 24 * 3600_000;

function checkKey({ PAGERDUTY_ROUTING_KEY }: Config, kept: Kept | undefined): Finding {
  if (PAGERDUTY_ROUTING_KEY !== undefined) return found('ok', 'PAGERDUTY_ROUTING_KEY is set');
  if (kept === undefined)
    return found(
      'warn',
      'PAGERDUTY_ROUTING_KEY is not set, and whether technical services have keys of their own cannot be seen',
      'set it, or start the product',
    );
  if (kept.configured)
    return found('ok', 'PAGERDUTY_ROUTING_KEY is not set: only what has a routing key of its own is sent');
  return found(
    'fail',
    'there is no routing key: nothing can be sent',
    'set PAGERDUTY_ROUTING_KEY, or give technical services keys of their own',
  );
}

function checkSealed({ sealed }: Kept): Finding[] {
  if (sealed.length === 0) return [];
  return [
    found(
      'fail',
      `SECRET_KEY does not open the routing keys of ${sealed.join(', ')}`,
      'restore the SECRET_KEY that sealed them, or give the services their keys again',
    ),
  ];
}

const checkRest = ({ PAGERDUTY_API_TOKEN: token, PAGERDUTY_API_URL: url }: Config): Promise<Finding> | Finding =>
  token === undefined
    ? found(
        'ok',
        'PAGERDUTY_API_TOKEN is not set',
        'with it, both sides are compared, and webhooks without a key found',
      )
    : askRestApi(url, token);

function checkWebhooks({ PAGERDUTY_WEBHOOK_SECRETS: secrets = [] }: Config): Finding {
  if (secrets.length > 0) return found('ok', `webhooks have to be signed; secrets: ${secrets.length}`);
  return found(
    'warn',
    'webhooks are refused: what people do in PagerDuty is not known here',
    'set PAGERDUTY_WEBHOOK_SECRETS to the secret that PagerDuty showed with the webhook',
  );
}

function checkRefused({ refused, last_refused }: Kept, now: Date): Finding[] {
  if (last_refused === null || now.getTime() - Date.parse(last_refused) > RECENT_MS) return [];
  return [
    found(
      'warn',
      `webhooks were refused, ${refused} of them, the last at ${last_refused}: their signature fits no secret`,
      'look at PAGERDUTY_WEBHOOK_SECRETS; PagerDuty disables a webhook after three refusals: enable it there again',
    ),
  ];
}

function checkDead({ dead }: Kept): Finding[] {
  if (dead === 0) return [];
  const hint = "'crossconnect pagerduty dead-letters' says why, 'crossconnect pagerduty replay ID' sends one again";
  return [found('warn', `${dead} dead letter${dead === 1 ? '' : 's'}`, hint)];
}

function checkLinks({ BASE_URL, PUBLIC_URL }: Config): Finding[] {
  const lacks = (value: string | undefined, setting: string, whose: string): Finding[] =>
    value === undefined ? [found('ok', `${setting} is not set`, `alerts about ${whose} have no link to them`)] : [];
  return [...lacks(PUBLIC_URL, 'PUBLIC_URL', 'records of our own'), ...lacks(BASE_URL, 'BASE_URL', "NetBox's records")];
}

/** What is kept, or why it cannot be seen. */
async function look(config: Config, env: NodeJS.ProcessEnv): Promise<{ kept?: Kept; findings: Finding[] }> {
  const what = 'dead letters, refused webhooks and stored keys';
  try {
    const kept = await keptOfPagerduty(config, env);
    if (kept === undefined) return { findings: [found('ok', `${what} are seen only while the product runs`)] };
    return { kept, findings: [...checkSealed(kept), ...checkRefused(kept, new Date()), ...checkDead(kept)] };
  } catch (error) {
    return { findings: [found('warn', `${what} cannot be seen: ${inWords(error)}`)] };
  }
}

/** Whatever others say of the token, it is not repeated. */
function withoutToken(findings: readonly Finding[], { PAGERDUTY_API_TOKEN: token }: Config): Finding[] {
  const hide = (text: string): string => (token ? text.replaceAll(token.reveal(), '[redacted]') : text);
  return findings.map(({ level, detail, hint }) => found(level, hide(detail), hint === undefined ? hint : hide(hint)));
}

/** Whether events can be sent, what people do there comes back, and nothing is left behind. No event is sent. */
export async function checkPagerduty(config: Config, env: NodeJS.ProcessEnv): Promise<Finding[]> {
  if (!config.PAGERDUTY_ENABLED) return [found('ok', 'off: PAGERDUTY_ENABLED is false')];
  const [{ kept, findings }, events, rest] = await Promise.all([
    look(config, env),
    askEventsApi(config.PAGERDUTY_EVENTS_API_URL),
    checkRest(config),
  ]);
  const all = [checkKey(config, kept), events, rest, checkWebhooks(config), ...checkLinks(config), ...findings];
  return withoutToken(all, config);
}
