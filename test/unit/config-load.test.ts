import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, loadSettings } from '../../config/load';
import { SETTING_NAMES } from '../../config/schema';
import { misspeltVariables } from '../../config/sources';
import { readYamlFile } from '../../config/yaml-file';

const DEFAULT_YAML = join(__dirname, '../../config/default.yaml');
const KEY = 'k'.repeat(20);

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'crossconnect-config-'))));
afterEach(() => rmSync(dir, { recursive: true }));

const file = (name: string, content: string): string => {
  writeFileSync(join(dir, name), content);
  return join(dir, name);
};
const yaml = (content: string): string => file('own.yaml', content);

test('without file and environment the defaults hold', () => {
  const config = loadConfig({});
  expect(config).toMatchObject({
    HOST: '127.0.0.1',
    PORT: 8080,
    PEERINGDB_RATE_LIMIT: 20,
    PEERINGDB_DELETE_GUARD: 0.05,
  });
  expect(config.PEERINGDB_CACHE_URL).toBe('https://public.peeringdb.com');
  expect(config.API_TOKEN).toBeUndefined();
});

test('loaded settings are frozen', () => {
  expect(Object.isFrozen(loadConfig({}))).toBe(true);
});

test('default.yaml names every setting, with its value or in a comment, and in the order of the schema', () => {
  const text = readFileSync(DEFAULT_YAML, 'utf8');
  const named = [...text.matchAll(/^(?:# )?([A-Z][A-Z_]+): /gm)].map((match) => match[1]);
  expect(named).toEqual(SETTING_NAMES);
});

test('default.yaml sets no secret', () => {
  expect(Object.keys(readYamlFile(DEFAULT_YAML)).filter((name) => /TOKEN|KEY|SECRET|DATABASE/.test(name))).toEqual([]);
});

test('the file named by CONFIG wins over defaults, and the environment over both', () => {
  const CONFIG = yaml('PORT: 9000\nLOG_LEVEL: debug\n');
  const { config, origins } = loadSettings({ CONFIG, LOG_LEVEL: 'warn' });
  expect(config).toMatchObject({ HOST: '127.0.0.1', PORT: 9000, LOG_LEVEL: 'warn' });
  expect(origins).toMatchObject({ HOST: 'default', PORT: CONFIG, LOG_LEVEL: 'environment' });
});

test('an empty variable counts as not given', () => {
  expect(loadConfig({ PORT: '', API_TOKEN: '' })).toMatchObject({ PORT: 8080 });
});

test('a key of the file without a value keeps the default', () => {
  expect(loadConfig({ CONFIG: yaml('PORT:\n') }).PORT).toBe(8080);
});

test('an empty file is no settings', () => {
  expect(loadConfig({ CONFIG: yaml('') }).PORT).toBe(8080);
});

test('each wrong value has a line that names key, value and expectation', () => {
  const load = (): unknown => loadConfig({ PORT: 'http', LOG_LEVEL: 'loud' });
  expect(load).toThrow('PORT: "http" is not usable: expected a whole number from 0 to 65535');
  expect(load).toThrow(/^LOG_LEVEL: "loud" is not usable: expected one of trace/m);
});

test('the value of a wrong secret is never shown', () => {
  const given = 'tooshort-4711';
  for (const env of [
    { API_TOKEN: given },
    { DATABASE_URL: given, SECRET_KEY: KEY },
    { API_TOKEN_FILE: file('t', given) },
  ]) {
    expect(() => loadConfig(env)).toThrow(/^(API_TOKEN|DATABASE_URL): is not usable: expected/);
    expect(() => loadConfig(env)).not.toThrow(given);
  }
});

test('a password in an address is cut out of the message', () => {
  const load = (): unknown => loadConfig({ PEERINGDB_API: 'https://user:hunter2@peeringdb.example/api' });
  expect(load).toThrow('PEERINGDB_API: "https://[redacted]@peeringdb.example/api" is not usable');
  expect(load).not.toThrow('hunter2');
});

test('an unknown key of the file is refused with the nearest known one', () => {
  const load = (): unknown => loadConfig({ CONFIG: yaml('PEERINGDB_API_KEI: x\nlog-level: debug\nZZZ: 1\n') });
  expect(load).toThrow('PEERINGDB_API_KEI: not a setting');
  expect(load).toThrow('did you mean PEERINGDB_API_KEY?');
  expect(load).toThrow('did you mean LOG_LEVEL?');
  expect(load).toThrow(/^ZZZ: not a setting \(in [^)]*\)$/m);
});

test('a broken file is named with line and kind, without quoting it', () => {
  const load = (): unknown => loadConfig({ CONFIG: yaml('PORT: 1\nAPI_TOKEN: "hunter2hunter2hunter2\n') });
  expect(load).toThrow(/own\.yaml' is not usable YAML: line \d+, column \d+: missing char/);
  expect(load).not.toThrow('hunter2');
});

test('a secret mistaken for an alias is not quoted', () => {
  const load = (): unknown => loadConfig({ CONFIG: yaml('API_TOKEN: *hunter2\n') });
  expect(load).toThrow('is not usable YAML');
  expect(load).not.toThrow('hunter2');
});

test.each(['- PORT', 'PORT', '8080'])('a file that is no map (%s) is refused', (content) => {
  expect(() => loadConfig({ CONFIG: yaml(content) })).toThrow('is not a map');
});

test('a missing file is named', () => {
  expect(() => loadConfig({ CONFIG: join(dir, 'none.yaml') })).toThrow(/none\.yaml' cannot be read \(ENOENT\)/);
});

test('a secret may be given as a file, and the line break at its end is not part of it', () => {
  const { config, origins } = loadSettings({ API_TOKEN_FILE: file('token', `${KEY}\n`) });
  expect(config.API_TOKEN?.reveal()).toBe(KEY);
  expect(origins.API_TOKEN).toBe(`environment, in ${join(dir, 'token')}`);
});

test('a secret given in both forms at once is refused', () => {
  expect(() => loadConfig({ API_TOKEN: KEY, API_TOKEN_FILE: file('token', KEY) })).toThrow(
    'API_TOKEN_FILE: API_TOKEN is given too',
  );
});

test('a secret file that cannot be read is named', () => {
  expect(() => loadConfig({ API_TOKEN_FILE: join(dir, 'none') })).toThrow(/^API_TOKEN_FILE: '.*none' cannot be read/);
});

test('a secret of the environment replaces the file of the same secret in CONFIG, and the other way round', () => {
  const inFile = { CONFIG: yaml(`API_TOKEN_FILE: ${file('token', 'f'.repeat(20))}\n`) };
  expect(loadConfig(inFile).API_TOKEN?.reveal()).toBe('f'.repeat(20));
  expect(loadConfig({ ...inFile, API_TOKEN: KEY }).API_TOKEN?.reveal()).toBe(KEY);
  const plain = { CONFIG: yaml(`API_TOKEN: ${KEY}\n`) };
  expect(loadConfig({ ...plain, API_TOKEN_FILE: join(dir, 'token') }).API_TOKEN?.reveal()).toBe('f'.repeat(20));
});

test('only secrets may be given as files', () => {
  expect(() => loadConfig({ CONFIG: yaml('PORT_FILE: /x\n') })).toThrow('PORT_FILE: not a setting');
});

test('DATABASE_URL needs SECRET_KEY', () => {
  const DATABASE_URL = 'postgres://u:p@h/d';
  expect(() => loadConfig({ DATABASE_URL })).toThrow(/^SECRET_KEY: not given: expected .* since DATABASE_URL is set$/);
  expect(loadConfig({ DATABASE_URL, SECRET_KEY: KEY }).DATABASE_URL?.reveal()).toBe(DATABASE_URL);
});

test('with a PeeringDB key the rate limit is doubled, unless it is given', () => {
  expect(loadConfig({ PEERINGDB_API_KEY: 'k' }).PEERINGDB_RATE_LIMIT).toBe(40);
  expect(loadConfig({ PEERINGDB_API_KEY: 'k', PEERINGDB_RATE_LIMIT: '7' }).PEERINGDB_RATE_LIMIT).toBe(7);
});

test("the public cache files are used with PeeringDB's own address only", () => {
  expect(loadConfig({ PEERINGDB_API: 'https://www.peeringdb.com/api/' }).PEERINGDB_CACHE_URL).toBe(
    'https://public.peeringdb.com',
  );
  expect(loadConfig({ PEERINGDB_API: 'http://127.0.0.1:1/api' }).PEERINGDB_CACHE_URL).toBeUndefined();
  expect(
    loadConfig({ PEERINGDB_API: 'http://127.0.0.1:1/api', PEERINGDB_CACHE_URL: 'http://c' }).PEERINGDB_CACHE_URL,
  ).toBe('http://c');
});

test('variables that look like misspelt settings are pointed out, others are left alone', () => {
  expect(
    misspeltVariables({ PEERINGDB_API_KEI: 'x', PATH: '/bin', PORT: '1', API_TOKEN_FILE: '/x', HOME: '/' }),
  ).toEqual([{ name: 'PEERINGDB_API_KEI', meant: 'PEERINGDB_API_KEY' }]);
});
