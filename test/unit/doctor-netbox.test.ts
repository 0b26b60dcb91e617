import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { checkNetbox } from '../../api/cli/doctor/netbox';
import { loadConfig } from '../../config/load';
import { FAKE_NETBOX_TOKEN, startFakeNetbox, type FakeNetbox } from '../fakes/netbox/server';
import type { NetboxVersion } from '../fakes/netbox/versions';
import { runCli } from '../helpers/run-cli';
import { createSelfSigned } from '../helpers/self-signed';

const SECRETS = { NETBOX_WEBHOOK_SECRETS: 'first-secret,second-secret' };

let closings: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closings) await close();
  closings = [];
});

async function netbox(version: NetboxVersion = '4.6'): Promise<FakeNetbox> {
  const fake = await startFakeNetbox({ devices: 5, version });
  closings.push(fake.close);
  return fake;
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  closings.push(() => new Promise((done) => server.close(done)));
  return (server.address() as AddressInfo).port;
}

/** Something that stands where NetBox should. */
const serve = async (listener: RequestListener): Promise<string> =>
  `http://127.0.0.1:${await listening(createServer(listener).on('request', (_, response) => response.end()))}`;

type Asked = Record<string, string>;

/** What is found, a line each: how bad it is, what, and what to do. */
async function findings(url: string, more: Asked = {}, token = FAKE_NETBOX_TOKEN): Promise<string[]> {
  const env = { NETBOX_API: url, NETBOX_API_TOKEN: token, ...SECRETS, ...more };
  const found = await checkNetbox(loadConfig(env));
  return found.map(({ level, detail, hint }) => `${level} ${detail}${hint === undefined ? '' : `: ${hint}`}`);
}

/** Those that are not good. */
const wrong = async (...asked: Parameters<typeof findings>): Promise<string[]> =>
  (await findings(...asked)).filter((line) => !line.startsWith('ok '));

test('a NetBox that has everything is found good, line by line', async () => {
  const fake = await netbox();
  expect(await findings(fake.url, { NETBOX_TAGS: 'peering' })).toEqual([
    `ok ${fake.url} is NetBox 4.6.8`,
    'ok the token may read devices: 5',
    "ok NetBox has the device roles 'router', 'firewall'",
    "ok NetBox has the tag 'peering'",
    'ok the token may read the change log',
    'ok webhooks have to be signed; secrets: 2',
  ]);
});

test('every version since 3.5 is asked where its change log is', async () => {
  for (const version of ['3.5', '3.7', '4.0', '4.1', '4.5', '4.7'] as const) {
    const fake = await netbox(version);
    expect(await wrong(fake.url, { NETBOX_FOLLOW: 'true' })).toEqual([]);
    const asked = fake.requests.map(({ path }) => path).filter((path) => path.includes('object-changes'));
    expect(asked).toEqual([expect.stringContaining(version < '4.1' ? '/api/extras/' : '/api/core/')]);
  }
});

test('a NetBox older than 3.5 is a warning', async () => {
  const fake = await netbox('3.5');
  fake.faults.set({ refuse: { path: '/api/status/', status: 200, json: { 'netbox-version': '3.4.10' } } });
  expect(await wrong(fake.url)).toEqual([`warn ${fake.url} is NetBox 3.4.10: 3.5 or newer is expected`]);
});

test('the doctor says so when the link to NetBox is off, and fails when it is half set', async () => {
  const off = await checkNetbox(loadConfig({}));
  expect(off).toEqual([{ level: 'ok', detail: 'off: neither NETBOX_API nor NETBOX_API_TOKEN is set' }]);
  for (const [given, missing] of [
    ['NETBOX_API', 'NETBOX_API_TOKEN'],
    ['NETBOX_API_TOKEN', 'NETBOX_API'],
  ] as const) {
    const env = { [given]: given === 'NETBOX_API' ? 'http://127.0.0.1:9' : FAKE_NETBOX_TOKEN };
    const detail = `${given} is set, ${missing} is not`;
    expect(await checkNetbox(loadConfig(env))).toEqual([{ level: 'fail', detail, hint: 'set both, or neither' }]);
  }
});

test.each([
  ['a v1 token', 'f'.repeat(40), 'Invalid v1 token'],
  ['a v2 token', 'nbt_abcdefghijkl.0123456789', 'Invalid v2 token'],
])('%s that NetBox does not know is said to be the token, and is not shown', async (_kind, token, said) => {
  const fake = await netbox();
  const lines = await wrong(fake.url, {}, token);
  expect(lines).toEqual([
    expect.stringMatching(`^fail ${fake.url} refuses the token: ${said}: look at NETBOX_API_TOKEN`),
  ]);
  expect(lines.join()).not.toContain(token);
  expect(fake.requests.map(({ authorization }) => authorization)).toEqual([
    token.startsWith('nbt_') ? 'Bearer' : 'Token',
  ]);
});

test('a token that is good at a NetBox of another version goes the same way', async () => {
  const fake = await netbox();
  fake.tokens.add('nbt_abcdefghijkl.0123456789');
  expect(await wrong(fake.url, {}, 'nbt_abcdefghijkl.0123456789')).toEqual([]);
});

test.each([
  ['/api/dcim/devices/', 'devices', 'dcim \\| device'],
  ['/api/dcim/device-roles/', 'device roles', 'dcim \\| device role'],
  ['/api/extras/tags/', 'tags', 'extras \\| tag'],
])('a token that may not read %s lacks a right that is named', async (path, what, right) => {
  const fake = await netbox();
  fake.faults.set({ refuse: { path, status: 403, json: { detail: 'You do not have permission' } } });
  expect(await wrong(fake.url, { NETBOX_TAGS: 'peering' })).toEqual([
    expect.stringMatching(
      `^fail the token may not read ${what}: You do not have permission: give its user the permission to view ${right}$`,
    ),
  ]);
});

test.each([
  ['false', 'warn'],
  ['true', 'fail'],
])('a change log that may not be read with NETBOX_FOLLOW=%s: %s', async (follow, level) => {
  const fake = await netbox();
  fake.faults.set({ hideChangeLog: {} });
  const [line, ...more] = await wrong(fake.url, { NETBOX_FOLLOW: follow });
  expect(line).toMatch(`${level} the token may not read the change log: You do not have permission`);
  expect(line).toMatch(/view core \| object change$/);
  expect(line?.includes('whole listing')).toBe(follow === 'false');
  expect(more).toEqual([]);
});

test('a token that sees no device is a warning', async () => {
  const fake = await netbox();
  fake.faults.set({ hide: { where: () => true } });
  expect(await wrong(fake.url)).toEqual([expect.stringMatching(/^warn the token sees no device: /)]);
});

test('slugs that NetBox does not have are named with their setting', async () => {
  const fake = await netbox();
  const settings = { NETBOX_DEVICE_ROLES: 'router,ruoter,fierwall', NETBOX_TAGS: 'peerign' };
  expect(await wrong(fake.url, settings)).toEqual([
    expect.stringMatching(
      /^fail NetBox has no device role with the slug 'ruoter', 'fierwall' of NETBOX_DEVICE_ROLES: /,
    ),
    expect.stringMatching(/^fail NetBox has no tag with the slug 'peerign' of NETBOX_TAGS: /),
  ]);
});

test('a slug is not taken for known because NetBox ignored the filter', async () => {
  const fake = await netbox();
  const all = { results: [{ slug: 'switch' }, { slug: 'server' }] };
  fake.faults.set({ refuse: { path: '/api/dcim/device-roles/', status: 200, json: all } });
  expect(await wrong(fake.url, { NETBOX_DEVICE_ROLES: 'router' })).toEqual([expect.stringContaining("'router'")]);
});

test('roles are not asked for where every role is in scope', async () => {
  const fake = await netbox();
  expect(await findings(fake.url, { NETBOX_DEVICE_ROLES: '*' })).toContain('ok devices of every role are in scope');
  expect(fake.requests.filter(({ path }) => path.includes('device-roles'))).toEqual([]);
});

test('custom fields that devices do not have are a warning; where they cannot be asked for, none', async () => {
  const fake = await netbox();
  const wanted = { NETBOX_CUSTOM_FIELDS: 'local_asn,owner_team,older' };
  const path = '/api/extras/custom-fields/';
  const answer = (...results: object[]): void =>
    fake.faults.set({ refuse: { path, status: 200, json: { count: results.length, results } } });
  const local_asn = { name: 'local_asn', object_types: ['dcim.device'] };
  const older = { name: 'older', content_types: ['dcim.device', 'dcim.site'] };
  answer(local_asn, older, { name: 'owner_team', object_types: ['dcim.device'] });
  expect(await wrong(fake.url, wanted)).toEqual([]);
  answer(local_asn, older, { name: 'owner_team', object_types: ['dcim.site'] });
  expect(await wrong(fake.url, wanted)).toEqual([
    expect.stringMatching(/^warn devices have no custom field 'owner_team' of NETBOX_CUSTOM_FIELDS: /),
  ]);
  fake.faults.set({ refuse: { path, status: 403, json: { detail: 'no' } } });
  expect(await wrong(fake.url, wanted)).toEqual([]);
});

test('webhooks that need no signature are a warning', async () => {
  const fake = await netbox();
  expect(await wrong(fake.url, { NETBOX_WEBHOOK_SECRETS: '' })).toEqual([
    expect.stringMatching(/^warn webhooks need no signature: .*NETBOX_WEBHOOK_SECRETS/),
  ]);
});

test.each([
  ['JSON of something else', 200, '{"version": 3}'],
  ['a page for people', 200, '<html></html>'],
  ['no such address', 404, '{"detail": "Not found."}'],
])('an address at which %s answers is no NetBox', async (_what, status, body) => {
  const url = await serve((_, response) => response.writeHead(status).write(body));
  expect(await wrong(url)).toEqual([expect.stringMatching(`^fail ${url} answers, and is no NetBox: NETBOX_API is `)]);
});

test('an address that does not answer, or answers with a failure, says what to look at', async () => {
  expect(await wrong('http://127.0.0.1:9')).toEqual([
    expect.stringMatching(/^fail http:\/\/127\.0\.0\.1:9\/api\/status\/: .*ECONNREFUSED.*: look at NETBOX_API/),
  ]);
  const fake = await netbox();
  fake.faults.set({ refuse: { path: '/api/status/', status: 502 } });
  expect(await wrong(fake.url)).toEqual([expect.stringMatching(/^fail .*\/api\/status\/ answers 502: look at NetBox/)]);
});

test('a redirect from http to https is named, with the setting that follows it', async () => {
  const url = await serve(({ url: path = '' }, response) =>
    response.writeHead(301, { location: `https://netbox.example.net${path}` }),
  );
  expect(await wrong(url)).toEqual([
    `fail ${url}/api/status/ redirects from http to https, to https://netbox.example.net/api/status/: set NETBOX_API to https://netbox.example.net`,
  ]);
});

test('a redirect to a page to log in at is no address for NETBOX_API', async () => {
  const url = await serve((_, response) => response.writeHead(302, { location: '/login/' }));
  expect(await wrong(url)).toEqual([
    `fail ${url}/api/status/ redirects, to /login/: NETBOX_API must name the final address`,
  ]);
});

test('a certificate that nobody vouches for is named with NETBOX_API_VERIFY_SSL, which lets it pass', async () => {
  const server = createTlsServer(createSelfSigned(), (_, response) =>
    response.writeHead(200).end('{"netbox-version": "4.6.8", "count": 1, "results": [{"slug": "router"}]}'),
  );
  const url = `https://127.0.0.1:${await listening(server)}`;
  expect(await wrong(url)).toEqual([
    expect.stringMatching(
      /^fail .*\(DEPTH_ZERO_SELF_SIGNED_CERT\): .*NODE_EXTRA_CA_CERTS.*NETBOX_API_VERIFY_SSL=false/,
    ),
  ]);
  expect(await wrong(url, { NETBOX_API_VERIFY_SSL: 'false', NETBOX_DEVICE_ROLES: 'router' })).toEqual([]);
});

test('an address of https that speaks none is not blamed on the certificate', async () => {
  const url = await serve((_, response) => response.writeHead(200));
  expect(await wrong(url.replace('http:', 'https:'))).toEqual([
    expect.stringMatching(/^fail .* does not speak TLS .*is it http:\/\/ in NETBOX_API/),
  ]);
});

test('a NetBox that repeats the token does not make the doctor repeat it', async () => {
  const fake = await netbox();
  fake.faults.set({ refuse: { status: 403, json: { detail: `no such token: ${FAKE_NETBOX_TOKEN}` } } });
  const lines = await wrong(fake.url);
  expect(lines).toEqual([expect.stringContaining('no such token: [redacted]')]);
});

test('the command prints a line for each finding, and counts those that failed', async () => {
  const fake = await netbox();
  const env = { PORT: '0', TEMPORAL_UI_PORT: '0', NETBOX_API: `${fake.url}/api/`, NETBOX_API_TOKEN: FAKE_NETBOX_TOKEN };
  const elsewhere = { PEERINGDB_API: `${fake.url}/peeringdb`, NETBOX_DEVICE_ROLES: 'ruoter' };
  const { code, stdout, stderr } = await runCli({ ...env, ...elsewhere, DATA_DIR: tmpdir() }, 'doctor');
  const lines = stdout.split('\n').filter((line) => /^\w+ +netbox /.test(line));
  expect(lines.map((line) => line.slice(0, 4).trim())).toEqual(['ok', 'ok', 'fail', 'ok', 'warn']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^crossconnect: 1 of \d+ checks failed\n$/);
  expect(stdout).not.toContain(FAKE_NETBOX_TOKEN);
});
