import { Secret } from '../../config/secret';
import { configSchema, isSecretName, SETTING_NAMES, settings, type SettingName } from '../../config/schema';

/** For each setting: texts that are taken, with what becomes of them, and texts that are refused, with why. */
const CASES: Record<SettingName, { good: readonly (readonly [unknown, unknown])[]; bad: Record<string, string> }> = {
  HOST: { good: [['0.0.0.0', '0.0.0.0']], bad: { ' ': 'some text' } },
  PORT: {
    good: [
      ['8080', 8080],
      [0, 0],
      [' 65535 ', 65535],
    ],
    bad: {
      '65536': 'from 0 to 65535',
      '-1': 'whole number',
      '80.5': 'whole number',
      '1e3': 'whole number',
      http: 'whole',
    },
  },
  PUBLIC_URL: {
    good: [['https://x.example.net/base/', 'https://x.example.net/base']],
    bad: {
      'x.example.net': 'http:// or https://',
      'ftp://x': 'http:// or https://',
      'http://u:p@x': 'without credentials',
    },
  },
  BASE_URL: { good: [['http://netbox', 'http://netbox']], bad: { netbox: 'http:// or https://' } },
  DATA_DIR: { good: [['/var/lib/x', '/var/lib/x']], bad: { ' ': 'some text' } },
  API_TOKEN: {
    good: [['0123456789abcdef', '[redacted]']],
    bad: { '0123456789abcde': 'at least 16 characters', 'a token with spaces in it': 'without spaces' },
  },
  SECRET_KEY: { good: [['0123456789abcdef', '[redacted]']], bad: { short: 'at least 16 characters' } },
  DATABASE_URL: {
    good: [
      ['postgres://u:p@h/d', '[redacted]'],
      ['postgresql:///d?host=/run/postgresql', '[redacted]'],
    ],
    bad: { 'mysql://u:p@h/d': 'postgres:// address', 'host=h dbname=d': 'postgres:// address' },
  },
  TEMPORAL_ADDRESS: { good: [['h:7233', 'h:7233']], bad: { ' ': 'some text' } },
  TEMPORAL_NAMESPACE: { good: [['default', 'default']], bad: { ' ': 'some text' } },
  TEMPORAL_API_KEY: { good: [['k', '[redacted]']], bad: { ' ': 'at least 1 character' } },
  TEMPORAL_TLS: {
    good: [
      ['true', true],
      ['True', true],
      ['1', true],
      ['yes', true],
      [true, true],
      [1, true],
      ['false', false],
      ['False', false],
      ['0', false],
      ['no', false],
    ],
    bad: { maybe: 'true or false', '2': 'true or false' },
  },
  TEMPORAL_TLS_CLIENT_CERT_PATH: { good: [['/c.pem', '/c.pem']], bad: { ' ': 'some text' } },
  TEMPORAL_TLS_CLIENT_CERT_DATA: { good: [['-----BEGIN', '-----BEGIN']], bad: { ' ': 'some text' } },
  TEMPORAL_TLS_CLIENT_KEY_PATH: { good: [['/c.key', '/c.key']], bad: { ' ': 'some text' } },
  TEMPORAL_TLS_CLIENT_KEY_DATA: { good: [['-----BEGIN', '[redacted]']], bad: { ' ': 'at least 1 character' } },
  TEMPORAL_TLS_SERVER_CA_CERT_PATH: { good: [['/ca.pem', '/ca.pem']], bad: { ' ': 'some text' } },
  TEMPORAL_TLS_SERVER_CA_CERT_DATA: { good: [['-----BEGIN', '-----BEGIN']], bad: { ' ': 'some text' } },
  TEMPORAL_TLS_SERVER_NAME: { good: [['h', 'h']], bad: { ' ': 'some text' } },
  TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: { good: [['no', false]], bad: { off: 'true or false' } },
  TEMPORAL_CLI_PATH: { good: [['/usr/bin/temporal', '/usr/bin/temporal']], bad: { ' ': 'some text' } },
  TEMPORAL_UI_PORT: { good: [['8233', 8233]], bad: { '70000': 'from 0 to 65535' } },
  LOG_LEVEL: { good: [['DEBUG', 'debug']], bad: { loud: 'one of trace, debug, info' } },
  LOG_LEVELS: {
    good: [
      ['', {}],
      ['a.b=debug, c=silent', { 'a.b': 'debug', c: 'silent' }],
      ['business_application.pagerduty=debug', { 'business_application.pagerduty': 'debug' }],
      [{ a: 'warn' }, { a: 'warn' }],
    ],
    bad: { debug: 'logger=level', 'a=loud': 'logger=level', '=info': 'logger=level' },
  },
  METRICS_OPEN: { good: [['1', true]], bad: { open: 'true or false' } },
  PEERINGDB_API: { good: [['http://[::1]:1/api/', 'http://[::1]:1/api']], bad: { '/api': 'http:// or https://' } },
  PEERINGDB_CACHE_URL: { good: [['https://c', 'https://c']], bad: { none: 'http:// or https://' } },
  PEERINGDB_API_KEY: { good: [['Ab.cd', '[redacted]']], bad: { ' ': 'at least 1 character' } },
  PEERINGDB_SCHEDULE: {
    good: [
      ['17 * * * *', '17 * * * *'],
      ['*/5 2-4 * * MON', '*/5 2-4 * * MON'],
    ],
    bad: {
      '61 * * * *': 'five fields',
      '0 0 0 * * *': 'five fields',
      '0 0 31 2 *': 'has a next time',
      hourly: 'five fields',
    },
  },
  PEERINGDB_RATE_LIMIT: { good: [['40', 40]], bad: { '0': 'from 1 to' } },
  PEERINGDB_REPEAT_INTERVAL: {
    good: [
      ['1h', 3_600_000],
      ['1.5m', 90_000],
      ['250ms', 250],
      ['2d', 172_800_000],
    ],
    bad: { '60': 'with a unit', '1 hour': 'with a unit', '-1h': 'with a unit' },
  },
  PEERINGDB_DELETE_GUARD: {
    good: [
      ['5%', 0.05],
      ['100%', 1],
      ['0%', 0],
    ],
    bad: { '101%': '0% to 100%', '5': '0% to 100%', '-5%': '0% to 100%' },
  },
  NETBOX_API: {
    good: [
      ['https://netbox', 'https://netbox'],
      ['https://netbox/', 'https://netbox'],
      ['https://netbox/base/api/', 'https://netbox/base'],
    ],
    bad: { netbox: 'http:// or https://', 'https://u:p@netbox': 'without credentials' },
  },
  NETBOX_API_TOKEN: { good: [['nbt_a.b', '[redacted]']], bad: { 'two words': 'without spaces' } },
  NETBOX_API_VERIFY_SSL: { good: [['no', false]], bad: { off: 'true or false' } },
  NETBOX_DEVICE_ROLES: {
    good: [
      ['router, firewall', ['router', 'firewall']],
      [['edge'], ['edge']],
      ['*', []],
      ['', []],
    ],
    bad: {},
  },
  NETBOX_TAGS: { good: [['a,,b', ['a', 'b']]], bad: {} },
  NETBOX_WEBHOOK_SECRETS: {
    good: [
      ['one, two', ['[redacted]', '[redacted]']],
      [['three'], ['[redacted]']],
    ],
    bad: {},
  },
  NETBOX_SCHEDULE: { good: [['0 3 * * *', '0 3 * * *']], bad: { nightly: 'five fields' } },
  NETBOX_FOLLOW: { good: [['yes', true]], bad: { on: 'true or false' } },
  NETBOX_DELETE_GRACE: { good: [['24h', 86_400_000]], bad: { '24': 'with a unit' } },
  NETBOX_CHANGE_GUARD: {
    good: [
      ['10% or 20', { share: 0.1, number: 20 }],
      ['100%,1000', { share: 1, number: 1000 }],
    ],
    bad: { '10%': 'a share and a number', '20': 'a share and a number', '101% or 5': 'a share and a number' },
  },
  NETBOX_STATUSES: {
    good: [
      ['active=enabled, staged=maintenance', { active: 'enabled', staged: 'maintenance' }],
      [{ active: 'enabled' }, { active: 'enabled' }],
    ],
    bad: { 'active=up': 'enabled, maintenance, disabled', '=enabled': 'status=status' },
  },
  NETBOX_FIELDS: {
    good: [['hostname=local,tags=ignore', { hostname: 'local', tags: 'ignore' }]],
    bad: { 'hostname=mine': 'netbox, local, ignore', 'rack=local': 'field=owner pairs of name, hostname' },
  },
  NETBOX_CUSTOM_FIELDS: { good: [['local_asn', ['local_asn']]], bad: {} },
  PAGERDUTY_ENABLED: { good: [['True', true]], bad: { on: 'true or false' } },
  PAGERDUTY_ROUTING_KEY: {
    good: [
      ['a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6', '[redacted]'],
      [' R1B2C3D4E5F6G7H8I9J0K1L2M3N4O5P6\n', '[redacted]'],
    ],
    bad: {
      a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p: 'exactly 32 letters or digits',
      a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6q: 'exactly 32 letters or digits',
      'a1b2c3d4e5f6g7h8-9j0k1l2m3n4o5p6': 'exactly 32 letters or digits',
      é1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6: 'exactly 32 letters or digits',
    },
  },
  PAGERDUTY_EVENTS_API_URL: {
    good: [['https://events.eu.pagerduty.com/v2/enqueue', 'https://events.eu.pagerduty.com/v2/enqueue']],
    bad: { 'events.pagerduty.com': 'http:// or https://' },
  },
  PAGERDUTY_SOURCE: { good: [['netbox-prod', 'netbox-prod']], bad: { ' ': 'some text' } },
  PAGERDUTY_SEND_ON_EVENT_CREATE: { good: [['no', false]], bad: { never: 'true or false' } },
  PAGERDUTY_SEND_ON_INCIDENT_CREATE: { good: [['False', false]], bad: { never: 'true or false' } },
  PAGERDUTY_SEND_ON_INCIDENT_UPDATE: { good: [['0', false]], bad: { never: 'true or false' } },
  PAGERDUTY_AUTO_RESOLVE: { good: [[false, false]], bad: { never: 'true or false' } },
  PAGERDUTY_TIMEOUT: {
    good: [
      ['1', 1],
      [300, 300],
    ],
    bad: { '30s': 'from 1 to 300', '0': 'from 1 to 300', '301': 'from 1 to 300', '1.5': 'whole number' },
  },
  PAGERDUTY_COMPONENT: { good: [['monitoring', 'monitoring']], bad: { ' ': 'some text' } },
  PAGERDUTY_GROUP: { good: [['network', 'network']], bad: { ' ': 'some text' } },
  PAGERDUTY_RATE_LIMIT: {
    good: [
      ['1', 1],
      ['10000', 10_000],
    ],
    bad: { '0': 'from 1 to 10000', '10001': 'from 1 to 10000', '110/m': 'whole number' },
  },
  PAGERDUTY_WEBHOOK_SECRETS: {
    good: [
      ['old, new', ['[redacted]', '[redacted]']],
      [['one'], ['[redacted]']],
    ],
    bad: {},
  },
  PAGERDUTY_API_URL: {
    good: [['https://api.eu.pagerduty.com/', 'https://api.eu.pagerduty.com']],
    bad: { 'https://u:p@api.pagerduty.com': 'without credentials' },
  },
  PAGERDUTY_API_TOKEN: { good: [['u+Ab_cd-1', '[redacted]']], bad: { 'two words': 'without spaces' } },
  PAGERDUTY_CHECK_SCHEDULE: {
    good: [['*/15 * * * *', '*/15 * * * *']],
    bad: { '15m': 'five fields', '0 0 31 2 *': 'has a next time' },
  },
  CORRELATE_BY_SERVICE: { good: [['yes', true]], bad: { service: 'true or false' } },
  INCIDENT_AUTO_CREATE: { good: [['1', true]], bad: { auto: 'true or false' } },

  IXAPI_ALLOW_PRIVATE: { good: [['yes', true]], bad: { lan: 'true or false' } },
  IXAPI_SCHEDULE: { good: [['5 * * * *', '5 * * * *']], bad: { hourly: 'five fields' } },
  IXAPI_DRIFT_EVENTS: { good: [['0', false]], bad: { severe: 'true or false' } },
};

const shownOf = (parsed: unknown): unknown =>
  Array.isArray(parsed) ? parsed.map(shownOf) : parsed instanceof Secret ? String(parsed) : parsed;
const isSecret = (parsed: unknown): boolean =>
  Array.isArray(parsed) ? parsed.length > 0 && parsed.every(isSecret) : parsed instanceof Secret;

const taken = SETTING_NAMES.flatMap((name) =>
  CASES[name].good.map(([given, parsed]) => ({ name, given, parsed, shown: JSON.stringify(given) })),
);
const refused = SETTING_NAMES.flatMap((name) =>
  Object.entries(CASES[name].bad).map(([given, expected]) => ({ name, given, expected })),
);

test.each(taken)('$name takes $shown', ({ name, given, parsed }) => {
  expect(shownOf(settings[name].parse(given))).toEqual(parsed);
});

test.each(refused)('$name refuses "$given" and says what was expected', ({ name, given, expected }) => {
  const result = settings[name].safeParse(given);
  expect(result.success).toBe(false);
  expect(result.error?.issues[0]?.message).toContain(expected);
});

test('exactly the settings listed as secret become secrets', () => {
  for (const name of SETTING_NAMES) {
    const parsed: unknown = settings[name].parse(CASES[name].good[0]?.[0]);
    expect([name, isSecret(parsed)]).toEqual([name, isSecretName(name)]);
  }
});

test('settings that are not known are refused by the schema as well', () => {
  expect(configSchema.safeParse({ NO_SUCH_SETTING: '1' }).error?.issues.map((issue) => issue.code)).toContain(
    'unrecognized_keys',
  );
});
