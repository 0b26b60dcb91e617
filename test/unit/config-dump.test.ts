import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { dumpSettings } from '../../config/dump';
import { loadConfig, loadSettings } from '../../config/load';
import { SECRET_NAMES } from '../../config/schema';

const secretEnv: NodeJS.ProcessEnv = {
  ...Object.fromEntries(SECRET_NAMES.map((name) => [name, `hunter2-${name}-value`])),
  DATABASE_URL: 'postgres://u:hunter2-value@h/d',
  PAGERDUTY_ROUTING_KEY: 'hunter2'.padEnd(32, 'x'),
};

test('a dump shows no secret, and says which are set', () => {
  const dump = dumpSettings(loadSettings(secretEnv));
  expect(dump).not.toContain('hunter2');
  for (const name of SECRET_NAMES) expect(dump).toContain(`# ${name}: [redacted] (environment)`);
});

test('settings show no secret in JSON, in templates or when inspected', () => {
  const config = loadConfig(secretEnv);
  const shown = [
    JSON.stringify(config),
    inspect(config, { depth: 9, showHidden: true }),
    ...SECRET_NAMES.map((name) => String(config[name])),
  ];
  expect(shown.join('\n')).not.toContain('hunter2');
});

test('each line says where its value came from', () => {
  const dump = dumpSettings(loadSettings({ PORT: '9000' }));
  expect(dump).toContain('PORT: 9000 # environment\n'.replace('9000', '"9000"'));
  expect(dump).toContain('HOST: 127.0.0.1 # default\n');
  expect(dump).toContain('# PUBLIC_URL: not set\n');
});

test('a dump loaded again gives the same settings', () => {
  const dir = mkdtempSync(join(tmpdir(), 'crossconnect-dump-'));
  try {
    const env = {
      HOST: 'a # b: "c"',
      LOG_LEVELS: 'a.b=debug,c=warn',
      PEERINGDB_REPEAT_INTERVAL: '90m',
      PEERINGDB_SCHEDULE: '*/5 * * * *',
      METRICS_OPEN: 'yes',
      PAGERDUTY_CHECK_SCHEDULE: '*/5 * * * *',
      TEMPORAL_TLS_SERVER_CA_CERT_DATA: '-----BEGIN CERTIFICATE-----\nMIIB # x\n-----END CERTIFICATE-----',
    };
    const CONFIG = join(dir, 'dump.yaml');
    writeFileSync(CONFIG, dumpSettings(loadSettings(env)));
    expect(loadConfig({ CONFIG })).toEqual(loadConfig(env));
  } finally {
    rmSync(dir, { recursive: true });
  }
});
