import { z } from 'zod';
import {
  changeGuard,
  cron,
  databaseUrl,
  duration,
  flag,
  httpUrl,
  key,
  list,
  listOrAll,
  netboxUrl,
  pairs,
  routingKey,
  secret,
  secrets,
  share,
  text,
  whole,
  word,
} from './values';
import { isRouterField, OWNERS, ROUTER_FIELDS, ROUTER_STATUSES } from './netbox';

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/**
 * Every setting, by the name it has in the environment and in the YAML file alike. Defaults stand in `default.yaml`;
 * a setting that is optional here has none. Units: durations in milliseconds, shares as fractions of one;
 * `PAGERDUTY_TIMEOUT` alone is in seconds.
 */
export const settings = {
  HOST: text,
  PORT: whole(0, 65535),
  PUBLIC_URL: httpUrl.optional(),
  BASE_URL: httpUrl.optional(),
  DATA_DIR: text,
  API_TOKEN: key(16).optional(),
  SECRET_KEY: secret(16).optional(),
  DATABASE_URL: databaseUrl.optional(),
  TEMPORAL_ADDRESS: text.optional(),
  TEMPORAL_NAMESPACE: text,
  TEMPORAL_API_KEY: secret().optional(),
  TEMPORAL_TLS: flag.optional(),
  TEMPORAL_TLS_CLIENT_CERT_PATH: text.optional(),
  TEMPORAL_TLS_CLIENT_CERT_DATA: text.optional(),
  TEMPORAL_TLS_CLIENT_KEY_PATH: text.optional(),
  TEMPORAL_TLS_CLIENT_KEY_DATA: secret().optional(),
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: text.optional(),
  TEMPORAL_TLS_SERVER_CA_CERT_DATA: text.optional(),
  TEMPORAL_TLS_SERVER_NAME: text.optional(),
  TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: flag.optional(),
  TEMPORAL_CLI_PATH: text.optional(),
  TEMPORAL_UI_PORT: whole(0, 65535),
  LOG_LEVEL: word(...LOG_LEVELS),
  LOG_LEVELS: pairs(LOG_LEVELS, 'logger=level pairs'),
  METRICS_OPEN: flag,

  PEERINGDB_API: httpUrl,
  PEERINGDB_CACHE_URL: httpUrl.optional(),
  PEERINGDB_API_KEY: key().optional(),
  PEERINGDB_SCHEDULE: cron.optional(),
  PEERINGDB_RATE_LIMIT: whole(1, 1_000_000),
  PEERINGDB_REPEAT_INTERVAL: duration,
  PEERINGDB_DELETE_GUARD: share,

  NETBOX_API: netboxUrl.optional(),
  NETBOX_API_TOKEN: key().optional(),
  NETBOX_API_VERIFY_SSL: flag,
  NETBOX_DEVICE_ROLES: listOrAll,
  NETBOX_TAGS: list,
  NETBOX_WEBHOOK_SECRETS: secrets(1).optional(),
  NETBOX_SCHEDULE: cron.optional(),
  NETBOX_FOLLOW: flag,
  NETBOX_DELETE_GRACE: duration,
  NETBOX_CHANGE_GUARD: changeGuard,
  NETBOX_STATUSES: pairs(ROUTER_STATUSES, 'status=status pairs'),
  NETBOX_FIELDS: pairs(OWNERS, `field=owner pairs of ${ROUTER_FIELDS.join(', ')}`, isRouterField),
  NETBOX_CUSTOM_FIELDS: list,

  PAGERDUTY_ENABLED: flag,
  PAGERDUTY_ROUTING_KEY: routingKey.optional(),
  PAGERDUTY_EVENTS_API_URL: httpUrl,
  PAGERDUTY_SOURCE: text,
  PAGERDUTY_SEND_ON_EVENT_CREATE: flag,
  PAGERDUTY_SEND_ON_INCIDENT_CREATE: flag,
  PAGERDUTY_SEND_ON_INCIDENT_UPDATE: flag,
  PAGERDUTY_AUTO_RESOLVE: flag,
  PAGERDUTY_TIMEOUT: whole(1, 300),
  PAGERDUTY_COMPONENT: text,
  PAGERDUTY_GROUP: text,
  PAGERDUTY_RATE_LIMIT: whole(1, 10_000),
  PAGERDUTY_WEBHOOK_SECRETS: secrets(1).optional(),
  PAGERDUTY_API_URL: httpUrl,
  PAGERDUTY_API_TOKEN: key().optional(),
  PAGERDUTY_CHECK_SCHEDULE: cron,

  CORRELATE_BY_SERVICE: flag,
  INCIDENT_AUTO_CREATE: flag,

  IXAPI_ALLOW_PRIVATE: flag,
  IXAPI_SCHEDULE: cron,
  IXAPI_DRIFT_EVENTS: flag,
} as const;

/** The name of a setting. */
export type SettingName = keyof typeof settings;

/** The names of all settings, in the order of `default.yaml`. */
export const SETTING_NAMES = Object.keys(settings) as readonly SettingName[];

/** Whether there is a setting of this name. */
export const isSettingName = (name: string): name is SettingName => Object.hasOwn(settings, name);

/** All settings, checked. */
export const configSchema = z.strictObject(settings);

/** The settings of one running product; frozen once loaded. */
export type Config = Readonly<z.output<typeof configSchema>>;

/** Names of the settings that hold secrets: each may also be given as `NAME_FILE`. */
export const SECRET_NAMES = [
  'API_TOKEN',
  'SECRET_KEY',
  'DATABASE_URL',
  'TEMPORAL_API_KEY',
  'TEMPORAL_TLS_CLIENT_KEY_DATA',
  'PEERINGDB_API_KEY',
  'NETBOX_API_TOKEN',
  'NETBOX_WEBHOOK_SECRETS',
  'PAGERDUTY_ROUTING_KEY',
  'PAGERDUTY_WEBHOOK_SECRETS',
  'PAGERDUTY_API_TOKEN',
] as const satisfies readonly SettingName[];

/** Whether a setting of this name holds a secret. */
export const isSecretName = (name: string): name is (typeof SECRET_NAMES)[number] =>
  SECRET_NAMES.some((secret) => secret === name);
