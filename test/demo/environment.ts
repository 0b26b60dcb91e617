import { SECRET_NAMES, SETTING_NAMES } from '../../config/schema';

/** Settings of the user's that hold for the demo as well. */
const KEPT = ['PORT', 'TEMPORAL_UI_PORT', 'TEMPORAL_CLI_PATH', 'LOG_LEVEL', 'LOG_LEVELS'];

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
  { dataDir, api }: { readonly dataDir: string; readonly api: string },
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
  };
}
