import { SECRET_NAMES, SETTING_NAMES } from '../../config/schema';
import type { RemoteNetbox } from '../fakes/netbox/remote';
import { FAKE_PAGERDUTY_TOKEN, FAKE_ROUTING_KEY, routingKeyOf } from '../fakes/pagerduty/keys';
import type { RemotePagerduty } from '../fakes/pagerduty/remote';

/** Settings of the user's that hold for the demo as well. */
const KEPT = ['PORT', 'TEMPORAL_UI_PORT', 'TEMPORAL_CLI_PATH', 'LOG_LEVEL', 'LOG_LEVELS'];

/** What the simulated NetBox signs its webhooks with. */
export const WEBHOOK_SECRET = 'what-only-the-demo-knows';

/** What the simulated PagerDuty signs its webhooks with. */
export const PAGERDUTY_WEBHOOK_SECRET = 'what-only-the-demo-and-pagerduty-know';

/** A routing key that the simulated PagerDuty does not know until it is told of it. */
export const OPTICAL_ROUTING_KEY = routingKeyOf(2);

/** Half an hour from now, so that no schedule falls into the story. */
function laterThisHour(): string {
  return `${(new Date().getUTCMinutes() + 30) % 60} * * * *`;
}

/** How it reaches the simulated exchange, which is on this machine. */
const ixapiEnvironment = (): NodeJS.ProcessEnv => ({
  IXAPI_ALLOW_PRIVATE: 'true',
  IXAPI_SCHEDULE: laterThisHour(),
  IXAPI_DRIFT_EVENTS: 'true',
});

/** What the demo's product is started for. */
interface Surroundings {
  readonly dataDir: string;
  /** Where it listens, also after it was started again. */
  readonly port: string;
  readonly api: string;
  readonly netbox: RemoteNetbox;
  readonly pagerduty: RemotePagerduty;
}

/** How it reaches the simulated PagerDuty. */
const pagerdutyEnvironment = ({ url }: RemotePagerduty): NodeJS.ProcessEnv => ({
  PAGERDUTY_ENABLED: 'true',
  PAGERDUTY_ROUTING_KEY: FAKE_ROUTING_KEY,
  PAGERDUTY_EVENTS_API_URL: `${url}/v2/enqueue`,
  PAGERDUTY_WEBHOOK_SECRETS: PAGERDUTY_WEBHOOK_SECRET,
  PAGERDUTY_API_URL: url,
  PAGERDUTY_API_TOKEN: FAKE_PAGERDUTY_TOKEN,
  PAGERDUTY_CHECK_SCHEDULE: laterThisHour(),
  // What is killed with a request in its hands is waited for that long.
  PAGERDUTY_TIMEOUT: '5',
});

/**
 * The environment of the demo's product: none of the user's own servers, keys and tokens reaches it. Ports are free ones
 * unless they were chosen.
 */
export function demoEnvironment(
  env: NodeJS.ProcessEnv,
  { dataDir, port, api, netbox, pagerduty }: Surroundings,
): NodeJS.ProcessEnv {
  const settings = [...SETTING_NAMES, ...SECRET_NAMES.map((name) => `${name}_FILE`), 'CONFIG', 'CROSSCONNECT_URL'];
  const dropped = new Set(settings.filter((name) => !KEPT.includes(name)));
  const rest = Object.entries(env).filter(([name]) => !dropped.has(name));
  return {
    TEMPORAL_UI_PORT: '0',
    ...Object.fromEntries(rest),
    PORT: port,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    DATA_DIR: dataDir,
    PEERINGDB_API: api,
    PEERINGDB_SCHEDULE: laterThisHour(),
    // The simulation limits nothing unless the story says so; with PeeringDB's own limits it would take hours.
    PEERINGDB_RATE_LIMIT: '100000',
    PEERINGDB_REPEAT_INTERVAL: '0s',
    NETBOX_API: netbox.url,
    NETBOX_API_TOKEN: netbox.token,
    NETBOX_WEBHOOK_SECRETS: WEBHOOK_SECRET,
    NETBOX_FOLLOW: 'true',
    // Of twenty routers five may go within an hour before a person is asked.
    NETBOX_CHANGE_GUARD: '25% or 5',
    ...pagerdutyEnvironment(pagerduty),
    ...ixapiEnvironment(),
  };
}
