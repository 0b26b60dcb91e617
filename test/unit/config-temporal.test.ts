import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../config/load';
import { temporalConnection } from '../../config/temporal';

const TEMPORAL_ADDRESS = 'temporal.example.net:7233';
const connection = (env: NodeJS.ProcessEnv): unknown => temporalConnection(loadConfig({ TEMPORAL_ADDRESS, ...env }));

let dir: string;
beforeAll(() => (dir = mkdtempSync(join(tmpdir(), 'crossconnect-temporal-'))));
afterAll(() => rmSync(dir, { recursive: true }));

const file = (name: string): string => {
  writeFileSync(join(dir, name), name);
  return join(dir, name);
};

test('an address alone is reached without TLS', () => {
  expect(connection({})).toEqual({ address: TEMPORAL_ADDRESS });
});

test('the embedded server is reached without TLS and key, whatever is set', () => {
  const config = loadConfig({ TEMPORAL_TLS: 'true', TEMPORAL_API_KEY: 'k' });
  expect(temporalConnection(config, '127.0.0.1:7233')).toEqual({ address: '127.0.0.1:7233' });
});

test('TEMPORAL_TLS turns TLS on with the certificates of the system', () => {
  expect(connection({ TEMPORAL_TLS: 'true' })).toEqual({ address: TEMPORAL_ADDRESS, tls: {} });
});

test('an API key turns TLS on, and TEMPORAL_TLS=false turns it off again', () => {
  expect(connection({ TEMPORAL_API_KEY: 'k' })).toEqual({ address: TEMPORAL_ADDRESS, tls: {}, apiKey: 'k' });
  expect(connection({ TEMPORAL_API_KEY: 'k', TEMPORAL_TLS: 'false' })).toEqual({
    address: TEMPORAL_ADDRESS,
    apiKey: 'k',
  });
});

test('certificates come from files or from the settings themselves', () => {
  const tls = {
    clientCertPair: { crt: Buffer.from('crt'), key: Buffer.from('key') },
    serverRootCACertificate: Buffer.from('ca'),
    serverNameOverride: 'name',
  };
  const fromFiles = {
    TEMPORAL_TLS_CLIENT_CERT_PATH: file('crt'),
    TEMPORAL_TLS_CLIENT_KEY_PATH: file('key'),
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: file('ca'),
    TEMPORAL_TLS_SERVER_NAME: 'name',
  };
  expect(connection(fromFiles)).toEqual({ address: TEMPORAL_ADDRESS, tls });
  const fromData = {
    TEMPORAL_TLS_CLIENT_CERT_DATA: 'crt',
    TEMPORAL_TLS_CLIENT_KEY_DATA: 'key',
    TEMPORAL_TLS_SERVER_CA_CERT_DATA: 'ca',
    TEMPORAL_TLS_SERVER_NAME: 'name',
  };
  expect(connection(fromData)).toEqual({ address: TEMPORAL_ADDRESS, tls });
});

test.each([
  [{ TEMPORAL_TLS_CLIENT_CERT_DATA: 'crt' }, 'expected both or none'],
  [
    { TEMPORAL_TLS_SERVER_CA_CERT_PATH: '/nonexistent/ca' },
    "TEMPORAL_TLS_SERVER_CA_CERT_PATH: '/nonexistent/ca' cannot be read (ENOENT)",
  ],
  [
    { TEMPORAL_TLS_CLIENT_CERT_PATH: '/x', TEMPORAL_TLS_CLIENT_CERT_DATA: 'crt' },
    'TEMPORAL_TLS_CLIENT_CERT_DATA is given too',
  ],
  [{ TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: 'true' }, 'the TypeScript SDK always verifies'],
])('%j is refused: %s', (env, why) => {
  expect(() => connection(env)).toThrow(why);
});
