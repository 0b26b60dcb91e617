import { execFile } from 'node:child_process';
import { chmodSync, createWriteStream, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { EnvHttpProxyAgent, fetch, type Response } from 'undici';
import { z } from 'zod';
import { draftIn } from './drafts';
import type { EngineLog } from './log';

const run = promisify(execFile);
/** The service that Temporal's SDKs ask for the CLI (temporalio/sdk-core, crates/sdk-core/src/ephemeral_server). */
const DOWNLOAD_SERVICE = 'https://temporal.download';
const PATIENCE_MS = 10_000;
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

const answerSchema = z.object({ archiveUrl: z.url({ protocol: /^https?$/ }), fileToExtract: z.string().min(1) });

/** What is to be obtained, and where it goes. */
export interface TemporalOrder {
  /** The version of the CLI, such as `1.5.1`. */
  readonly version: string;
  /** The path that the program gets once it is complete. */
  readonly target: string;
  readonly log: EngineLog;
  readonly progress: (line: string) => void;
  readonly env: NodeJS.ProcessEnv;
  readonly downloadUrl?: string;
  /** How long nothing may come, in milliseconds; for answers and for the bytes of the archive alike. */
  readonly patienceMs?: number;
}

/** Ends a wait for bytes that do not come: `touch` it with each one. */
function createWatchdog(patienceMs: number): { signal: AbortSignal; touch: () => void; end: () => void } {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(new Error(`no answer in ${patienceMs / 1000} s`)), patienceMs);
  return { signal: silence.signal, touch: () => timer.refresh(), end: () => clearTimeout(timer) };
}

async function save(response: Response, path: string, touch: () => void): Promise<void> {
  if (!response.ok || !response.body) throw new Error(`the archive's address answered ${response.status}`);
  const counted = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      touch();
      done(null, chunk);
    },
  });
  await pipeline(Readable.fromWeb(response.body), counted, createWriteStream(path));
}

async function fetchArchive(order: TemporalOrder, archive: string): Promise<string> {
  const { version, downloadUrl = DOWNLOAD_SERVICE, patienceMs = PATIENCE_MS } = order;
  const architecture = ARCHITECTURES[process.arch];
  if (architecture === undefined) throw new Error(`there is none for ${process.arch}`);
  const query = new URLSearchParams({ arch: architecture, platform: process.platform, format: 'tar.gz' });
  const dispatcher = new EnvHttpProxyAgent();
  const watchdog = createWatchdog(patienceMs);
  try {
    const answer = await fetch(`${downloadUrl}/cli/v${version}?${query.toString()}`, {
      dispatcher,
      signal: watchdog.signal,
    });
    if (!answer.ok) throw new Error(`the service answered ${answer.status}`);
    const { archiveUrl, fileToExtract } = answerSchema.parse(await answer.json());
    watchdog.touch();
    order.progress(`downloading Temporal's CLI ${version}`);
    await save(await fetch(archiveUrl, { dispatcher, signal: watchdog.signal }), archive, watchdog.touch);
    return fileToExtract;
  } finally {
    watchdog.end();
    await dispatcher.destroy();
  }
}

/**
 * Downloads the CLI as Temporal's SDKs do it; the path of the program, or nothing (and a word in the log) when that did
 * not work. It gives up after ten seconds in which nothing came.
 */
export async function downloadTemporal(order: TemporalOrder): Promise<string | undefined> {
  const draft = draftIn(dirname(order.target), 'download');
  try {
    mkdirSync(draft);
    const archive = join(draft, 'archive.tar.gz');
    const member = await fetchArchive(order, archive);
    await run('tar', ['-xzf', archive, '-C', draft, '--', member]);
    const program = join(draft, basename(member));
    chmodSync(program, 0o755);
    renameSync(program, order.target);
    return order.target;
  } catch (error) {
    // Expected where no such service is reached; the next way to the CLI is tried.
    const reason = error instanceof Error ? error.message : String(error);
    order.log.info({ reason }, "Temporal's CLI could not be downloaded");
    return undefined;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
