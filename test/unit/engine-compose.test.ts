import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { isSettingName } from '../../config/schema';

interface Service {
  readonly image: string;
  readonly restart: string;
  readonly environment: Record<string, string>;
  readonly depends_on?: Record<string, { condition: string }>;
  readonly ports?: string[];
  readonly volumes?: string[];
  readonly configs?: { source: string; target: string }[];
  readonly healthcheck?: object;
  readonly command?: string[];
}

interface Compose {
  readonly services: Record<string, Service>;
  readonly configs: Record<string, { content: string }>;
  readonly volumes: Record<string, unknown>;
}

const read = (name: string): string => readFileSync(resolve(__dirname, '../..', name), 'utf8');
const text = read('temporal-compose.yml');
const head = text.slice(0, text.indexOf('\nname:'));

/** The file as it is without any variable set: Compose's `${NAME:-default}` and `$$` resolved. */
const compose = parse(text.replace(/\$\{\w+:-([^}]*)\}/g, '$1').replaceAll('$$', '$'), { merge: true }) as Compose;
const services = Object.entries(compose.services);
const defaults = parse(read('config/default.yaml')) as Record<string, unknown>;

/** What the head tells the reader to export. */
const told = Object.fromEntries([...head.matchAll(/export (\w+)=(\S+)/g)].map(([, name, value]) => [name, value]));

test('the compose file brings PostgreSQL, Temporal with its set-up jobs, and Temporal UI', () => {
  expect(Object.keys(compose.services)).toEqual([
    'postgresql',
    'temporal-schema',
    'temporal',
    'temporal-namespace',
    'temporal-ui',
  ]);
  for (const [, { image }] of services) expect(image).toMatch(/^(postgres|temporalio\/[a-z-]+):\d+(\.\d+)*$/);
  expect(compose.services['temporal']!.image.split(':')[1]).toBe(
    compose.services['temporal-schema']!.image.split(':')[1],
  );
});

test.each(services)('%s waits only for what is there and can become so', (_, { depends_on = {} }) => {
  for (const [name, { condition }] of Object.entries(depends_on)) {
    const other = compose.services[name];
    if (condition === 'service_healthy') expect(other?.healthcheck).toBeDefined();
    else
      expect([condition, other?.restart]).toEqual([
        'service_completed_successfully',
        expect.stringMatching(/^on-failure/),
      ]);
  }
});

test('the passwords that everybody knows open nothing beyond this machine', () => {
  const ports = services.flatMap(([, service]) => service.ports ?? []);
  expect(ports).toHaveLength(3);
  for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
});

test('every volume and file that a service uses is declared', () => {
  for (const [, { volumes = [], configs = [] }] of services) {
    for (const volume of volumes) expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
    for (const { source } of configs) expect(compose.configs[source]?.content).toBeDefined();
  }
});

test('the scripts of the set-up jobs are ones that a shell can read', () => {
  const scripts = services.flatMap(([, { image, command = [] }]) => (image.includes('admin-tools') ? command : []));
  expect(scripts).toHaveLength(2);
  for (const script of scripts) execFileSync('/bin/sh', ['-n', '-c', script]);
});

test('what the head says to export is a setting of ours, and leads to what the file starts', () => {
  expect(Object.keys(told)).toEqual(['DATABASE_URL', 'TEMPORAL_ADDRESS', 'SECRET_KEY']);
  expect(Object.keys(told).every(isSettingName)).toBe(true);
  const { postgresql, temporal } = compose.services;
  const database = new URL(told['DATABASE_URL']);
  expect(postgresql!.ports).toEqual([`${database.hostname}:${database.port}:5432`]);
  expect(postgresql!.environment['CROSSCONNECT_PASSWORD']).toBe(database.password);
  const { content } = compose.configs['crossconnect-database']!;
  expect(content).toContain(`CREATE ROLE ${database.username} LOGIN`);
  expect(content).toContain(`CREATE DATABASE ${database.pathname.slice(1)} OWNER ${database.username}`);
  expect(temporal!.ports).toEqual([`${told['TEMPORAL_ADDRESS']!}:7233`]);
});

test('the namespace and the port of Temporal UI are the ones that the product uses by default', () => {
  expect(compose.services['temporal-namespace']!.environment['TEMPORAL_NAMESPACE']).toBe(
    defaults['TEMPORAL_NAMESPACE'],
  );
  expect(compose.services['temporal-ui']!.ports).toEqual([`127.0.0.1:${String(defaults['TEMPORAL_UI_PORT'])}:8080`]);
});
