import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../config/load';
import { createLogger } from '../../config/log';

const ROUTING_KEY = 'a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6';

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'crossconnect-pagerduty-'))));
afterEach(() => rmSync(dir, { recursive: true }));

const file = (name: string, content: string): string => {
  writeFileSync(join(dir, name), content);
  return join(dir, name);
};

test('nothing is sent to PagerDuty and no incident is made unless it is asked for', () => {
  expect(loadConfig({})).toMatchObject({
    PAGERDUTY_ENABLED: false,
    PAGERDUTY_EVENTS_API_URL: 'https://events.pagerduty.com/v2/enqueue',
    PAGERDUTY_SOURCE: 'netbox',
    PAGERDUTY_SEND_ON_EVENT_CREATE: true,
    PAGERDUTY_SEND_ON_INCIDENT_CREATE: true,
    PAGERDUTY_SEND_ON_INCIDENT_UPDATE: true,
    PAGERDUTY_AUTO_RESOLVE: true,
    PAGERDUTY_TIMEOUT: 30,
    PAGERDUTY_COMPONENT: 'netbox-business-application',
    PAGERDUTY_GROUP: 'infrastructure',
    PAGERDUTY_RATE_LIMIT: 110,
    PAGERDUTY_API_URL: 'https://api.pagerduty.com',
    PAGERDUTY_CHECK_SCHEDULE: '*/15 * * * *',
    CORRELATE_BY_SERVICE: false,
    INCIDENT_AUTO_CREATE: false,
  });
});

test('PagerDuty may be enabled without any key here: services may have keys of their own', () => {
  const config = loadConfig({ PAGERDUTY_ENABLED: 'True' });
  expect(config.PAGERDUTY_ENABLED).toBe(true);
  expect(config.PAGERDUTY_ROUTING_KEY).toBeUndefined();
});

test.each(['PAGERDUTY_ROUTING_KEY', 'PAGERDUTY_API_TOKEN'] as const)('%s may be given as a file', (name) => {
  const config = loadConfig({ [`${name}_FILE`]: file('secret', `${ROUTING_KEY}\n`) });
  expect(config[name]?.reveal()).toBe(ROUTING_KEY);
});

test('the secrets of webhooks may be given as a file', () => {
  const config = loadConfig({ PAGERDUTY_WEBHOOK_SECRETS_FILE: file('secret', 'old,new\n') });
  expect(config.PAGERDUTY_WEBHOOK_SECRETS?.map((secret) => secret.reveal())).toEqual(['old', 'new']);
});

test('a wrong routing key stops the start, with what was expected and without the key', () => {
  const given = `${ROUTING_KEY}-7`;
  for (const env of [{ PAGERDUTY_ROUTING_KEY: given }, { PAGERDUTY_ROUTING_KEY_FILE: file('key', given) }]) {
    const load = (): unknown => loadConfig(env);
    expect(load).toThrow('PAGERDUTY_ROUTING_KEY: is not usable: expected exactly 32 letters or digits');
    expect(load).not.toThrow(ROUTING_KEY);
  }
});

test('a routing key of digits alone has to be quoted in YAML, and the message says so', () => {
  const digits = '1234567890'.repeat(4).slice(0, 32);
  expect(() => loadConfig({ CONFIG: file('own.yaml', `PAGERDUTY_ROUTING_KEY: ${digits}\n`) })).toThrow(
    'PAGERDUTY_ROUTING_KEY: is not usable: expected exactly 32 letters or digits, in quotes',
  );
  const quoted = loadConfig({ CONFIG: file('own.yaml', `PAGERDUTY_ROUTING_KEY: '${digits}'\n`) });
  expect(quoted.PAGERDUTY_ROUTING_KEY?.reveal()).toBe(digits);
});

const levels = (yaml: string): NodeJS.ProcessEnv => ({ CONFIG: file('own.yaml', yaml) });

test.each([
  ['the environment', () => ({ LOG_LEVELS: 'business_application.pagerduty=debug' })],
  ['a map in YAML', () => levels('LOG_LEVELS:\n  business_application.pagerduty: debug\n')],
  ['text in YAML', () => levels('LOG_LEVELS: business_application.pagerduty=debug\n')],
])('the logger of PagerDuty alone gets its level from %s', (_, env) => {
  const lines: string[] = [];
  const log = createLogger(loadConfig(env()), { write: (line) => void lines.push(line) });
  for (const name of [
    'business_application',
    'business_application.pagerduty',
    'business_application.pagerduty.send',
  ]) {
    log.named(name).debug(name);
  }
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual([
    'business_application.pagerduty',
    'business_application.pagerduty.send',
  ]);
});

test('no line shows the signature of a webhook of PagerDuty', () => {
  const lines: string[] = [];
  const log = createLogger(loadConfig({}), { write: (line) => void lines.push(line) });
  log.info({ headers: { 'x-pagerduty-signature': 'v1=hunter2' }, 'x-pagerduty-signature': 'v1=hunter2' }, 'refused');
  expect(lines.join('')).toContain('[redacted]');
  expect(lines.join('')).not.toContain('hunter2');
});
