import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findTemporal, temporalCache, type TemporalSearch } from '../../engine/temporal-binary';

/** Programs that stand for the CLI and for Go: what is found, and in which order, does not depend on what they do. */
const program = (version: string): string => `#!/bin/sh\necho "temporal version ${version}"\n`;
const BROKEN = '#!/bin/sh\necho "cannot execute" >&2; exit 126\n';
const go = (script: string): string => `#!/bin/sh\necho "$@" >> "$(dirname "$0")/go.log"\n${script}\n`;
const BUILDS = go(
  `echo "go: downloading x"; sleep 0.2; printf '#!/bin/sh\\necho built\\n' > "$GOBIN/temporal"; chmod +x "$GOBIN/temporal"`,
);

let folder: string;
let service: Server;
let downloadUrl: string;
let answer: RequestListener;
let asked: string[];
let warnings: string[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'crossconnect-binary-'));
  mkdirSync(join(folder, 'bin'));
  asked = [];
  warnings = [];
  answer = (_, response) => response.writeHead(503).end();
  service = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => service.once('listening', resolve));
  downloadUrl = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
});
afterEach(async () => {
  service.closeAllConnections();
  await new Promise((resolve) => service.close(resolve));
  rmSync(folder, { recursive: true });
});

const env = (): NodeJS.ProcessEnv => ({
  PATH: `${join(folder, 'bin')}:/usr/bin:/bin`,
  XDG_CACHE_HOME: join(folder, 'cache'),
});
const cached = (): string => join(temporalCache(env()), 'temporal');

function put(path: string, content: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  chmodSync(path, 0o755);
  return path;
}

const quiet = (): void => undefined;
const log = { debug: quiet, info: quiet, warn: (_: object, message: string) => warnings.push(message), error: quiet };
const find = (search: Partial<TemporalSearch> = {}): Promise<{ path: string; version: string }> =>
  findTemporal({ log, progress: quiet, env: env(), downloadUrl, patienceMs: 10_000, ...search });

/** Answers as temporal.download does: first where the archive is, then the archive. */
function serveArchive(): void {
  put(join(folder, 'made', 'temporal'), program('downloaded'));
  const archive = execFileSync('tar', ['-czf', '-', '-C', join(folder, 'made'), 'temporal']);
  answer = (request, response) => {
    if (request.url === '/archive.tar.gz') return response.end(archive);
    return response.end(JSON.stringify({ archiveUrl: `${downloadUrl}/archive.tar.gz`, fileToExtract: 'temporal' }));
  };
}

test('the program that TEMPORAL_CLI_PATH names comes before the one on the PATH, and that before the cached one', async () => {
  put(cached(), program('cached'));
  expect(await find()).toEqual({ path: cached(), version: 'temporal version cached' });
  const onPath = put(join(folder, 'bin', 'temporal'), program('on the path'));
  expect(await find()).toMatchObject({ path: onPath });
  const cliPath = put(join(folder, 'own', 'cli'), program('own'));
  expect(await find({ cliPath })).toMatchObject({ path: cliPath });
  expect(asked).toEqual([]);
});

test('a program that does not run is passed over with a word in the log', async () => {
  put(cached(), program('cached'));
  const cliPath = put(join(folder, 'own', 'cli'), BROKEN);
  expect(await find({ cliPath })).toMatchObject({ path: cached() });
  expect(warnings).toContain('a Temporal CLI was found that does not run; looking further');
  expect(await find({ cliPath: join(folder, 'nowhere') })).toMatchObject({ path: cached() });
  expect(warnings.at(-1)).toBe('TEMPORAL_CLI_PATH names no usable program; looking further');
});

test('what no one has is downloaded as the SDK does it, and kept', async () => {
  serveArchive();
  expect(await find()).toEqual({ path: cached(), version: 'temporal version downloaded' });
  expect(asked[0]).toMatch(/^\/cli\/v1\.5\.1\?arch=(amd64|arm64)&platform=(linux|darwin)&format=tar\.gz$/);
  expect(asked[1]).toBe('/archive.tar.gz');
  expect(await find()).toMatchObject({ path: cached() });
  expect(asked).toHaveLength(2);
  expect(readdirSync(dirname(cached()))).toEqual(['temporal']);
});

test('a download that takes long, but never stops, is waited for', async () => {
  serveArchive();
  const whole = answer;
  answer = (request, response) => setTimeout(() => whole(request, response), 1_200);
  expect(await find({ patienceMs: 2_000 })).toMatchObject({ version: 'temporal version downloaded' });
  expect(asked).toHaveLength(2);
});

test('a download service that does not answer is given up, and the program built', async () => {
  put(join(folder, 'bin', 'go'), BUILDS);
  answer = quiet;
  const began = Date.now();
  expect(await find({ patienceMs: 300 })).toEqual({ path: cached(), version: 'built' });
  expect(Date.now() - began).toBeLessThan(5_000);
  expect(readFileSync(join(folder, 'bin', 'go.log'), 'utf8')).toMatch(
    /^install .*github\.com\/temporalio\/cli\/cmd\/temporal@v1\.5\.1\n$/,
  );
});

test('a download that stops in the middle is given up, and leaves nothing behind', async () => {
  put(join(folder, 'bin', 'go'), BUILDS);
  serveArchive();
  const whole = answer;
  answer = (request, response) => {
    if (request.url !== '/archive.tar.gz') {
      whole(request, response);
      return;
    }
    response.writeHead(200, { 'content-length': '1000' }).write('the first bytes');
  };
  expect(await find({ patienceMs: 300 })).toEqual({ path: cached(), version: 'built' });
  expect(readdirSync(dirname(cached()))).toEqual(['temporal']);
});

test('two processes that build at once both get a program that is complete', async () => {
  put(join(folder, 'bin', 'go'), BUILDS);
  const found = await Promise.all([find(), find(), find()]);
  expect(found.map(({ version }) => version)).toEqual(['built', 'built', 'built']);
  expect(readdirSync(dirname(cached()))).toEqual(['temporal']);
});

test('when there is none and none can be made, one sentence names all ways, Go included', async () => {
  put(join(folder, 'bin', 'go'), go('echo "no such host" >&2; exit 1'));
  const error = await find().catch((reason: unknown) => reason as Error);
  for (const way of ['TEMPORAL_ADDRESS', 'TEMPORAL_CLI_PATH', 'PATH', cached(), 'temporal.download', 'Go']) {
    expect(error).toMatchObject({ message: expect.stringContaining(way) });
  }
  expect(warnings).toContain("Temporal's CLI could not be built");
  expect(existsSync(cached())).toBe(false);
});

test('a machine without Go and without a network gets the same sentence', async () => {
  put(join(folder, 'bin', 'go'), go('exit 127'));
  await expect(find({ downloadUrl: 'http://127.0.0.1:1' })).rejects.toThrow(/no Temporal server: .* Go /);
});
