import { SECRET_NAMES, SETTING_NAMES } from '../../config/schema';
import type { RemoteNetbox } from '../fakes/netbox/remote';

/** Settings of the user's that hold for the demo as well. */
const KEPT = ['PORT', 'TEMPORAL_UI_PORT', 'TEMPORAL_CLI_PATH', 'LOG_LEVEL', 'LOG_LEVELS'];

/** What the simulated NetBox signs its webhooks with. */
export const WEBHOOK_SECRET = 'what-only-the-demo-knows';

/** Half an hour from now, so that no schedule falls into the story. */
function laterThisHour(): string {
  return `${(new Date().getUTCMinutes() + 30) % 60} * * * *`;
}

/**
 * The environment of the demo's product: none of the user's own servers, keys and tokens reaches it. Ports are free ones
 * unless they were chosen.
 */
export function demoEnvironment(
  env: NodeJS.ProcessEnv,
  { dataDir, api, netbox }: { readonly dataDir: string; readonly api: string; readonly netbox: RemoteNetbox },
): NodeJS.ProcessEnv {
  const settings = [...SETTING_NAMES, ...SECRET_NAMES.map((name) => `${name}_FILE`), 'CONFIG', 'CROSSCONNECT_URL'];
  const dropped = new Set(settings.filter((name) => !KEPT.includes(name)));
  const rest = Object.entries(env).filter(([name]) => !dropped.has(name));
  return {
    PORT: '0',
    TEMPORAL_UI_PORT: '0',
    ...Object.fromEntries(rest),
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
  };
}
