import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Answer } from './answers';
import { dumps } from './json';
import type { Fault } from './faults';

const compress = promisify(gzip);
const DEFAULT_SHARE = 0.7;

/** What is noted of an answer, before its bytes are on their way. */
export interface Sent {
  status: number;
  bytes: number;
  gzip: boolean;
}

/** Sends an answer, compressed if the client takes it so, with whatever the fault does to its body. */
export async function send(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  fault: Fault | undefined,
  sent: Sent,
): Promise<void> {
  const packed = acceptsGzip(request) && answer.length > 200;
  const payload = await createPayload(answer, packed, fault);
  const type = fault?.kind === 'content-type' ? { 'Content-Type': fault.type } : {};
  const encoding = packed ? { 'Content-Encoding': 'gzip' } : {};
  const headers = {
    ...answer.headers,
    ...type,
    ...encoding,
    Vary: 'Accept-Encoding',
    'Content-Length': payload.length,
  };
  Object.assign(sent, { status: answer.status, gzip: packed });
  response.writeHead(answer.status, headers);
  await write(response, payload, fault, (part) => {
    sent.bytes += part.length;
    return flush(response, part);
  });
}

async function createPayload(answer: Answer, packed: boolean, fault: Fault | undefined): Promise<Buffer> {
  const spoilt = fault === undefined ? undefined : spoil(answer, fault);
  if (!packed) return spoilt ?? cut(answer.body(), fault, 'truncated-gzip');
  if (spoilt !== undefined) return compress(spoilt, { level: 1 });
  const whole = await (answer.gzipped?.() ?? compress(answer.body(), { level: 1 }));
  return cut(whole, fault, 'truncated-gzip');
}

/** The body with what the fault does to it before compression, or undefined if it leaves it alone. */
function spoil(answer: Answer, fault: Fault): Buffer | undefined {
  if (fault.kind === 'truncated-json') return cut(answer.body(), fault, 'truncated-json');
  if (fault.kind === 'garbled') {
    const body = Buffer.from(answer.body());
    // A control character is no JSON, neither between values nor within a text.
    return body.fill(1, Math.floor(body.length / 2), Math.floor(body.length / 2) + 4);
  }
  if (fault.kind !== 'missing-rows' && fault.kind !== 'duplicate-rows') return undefined;
  const { data, meta } = JSON.parse(answer.body().toString('latin1')) as { data: unknown[]; meta: object };
  const rows =
    fault.kind === 'duplicate-rows'
      ? data.flatMap((row) => [row, row])
      : data.slice(0, Math.floor(data.length * fault.share));
  return Buffer.from(dumps({ data: rows, meta }), 'latin1');
}

function cut(body: Buffer, fault: Fault | undefined, kind: 'truncated-json' | 'truncated-gzip'): Buffer {
  return fault?.kind === kind ? body.subarray(0, Math.floor(body.length * (fault.share ?? DEFAULT_SHARE))) : body;
}

async function write(
  response: ServerResponse,
  payload: Buffer,
  fault: Fault | undefined,
  flush: (part: Buffer) => Promise<void>,
): Promise<void> {
  if (fault?.kind === 'reset-in-body') {
    await flush(payload.subarray(0, Math.floor(payload.length * (fault.share ?? DEFAULT_SHARE))));
    // The part must arrive before the reset, or the reset takes it back.
    await sleep(20);
    response.socket?.resetAndDestroy();
    return;
  }
  if (fault?.kind === 'hang') return flush(payload.subarray(0, Math.floor(payload.length / 2)));
  if (fault?.kind === 'drip') {
    const size = Math.max(1, Math.ceil(payload.length / fault.pieces));
    for (let at = 0; at < payload.length && !response.destroyed; at += size) {
      if (at > 0) await sleep(fault.pause);
      await flush(payload.subarray(at, at + size));
    }
  } else await flush(payload);
  response.end();
}

/** Writes and waits until the kernel has it, or the client is gone. */
function flush(response: ServerResponse, part: Buffer): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', resolve);
    response.write(part, () => {
      response.off('close', resolve);
      resolve();
    });
  });
}

function acceptsGzip(request: IncomingMessage): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(\.0*)?(\s|,|$))/.test(request.headers['accept-encoding']?.toString() ?? '');
}
