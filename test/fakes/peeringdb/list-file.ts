import { promisify } from 'node:util';
import { gunzipSync, gzip } from 'node:zlib';

const compress = promisify(gzip);
/** A larger body is kept only compressed once it has been compressed. */
const KEEP_BOTH_BELOW = 256 * 1024;

/** One answer that was written once and is served until the next refresh. */
export interface ListFile {
  /** Seconds, a float: when writing ended, which is later than the instant whose rows it holds. */
  readonly generated: number;
  /** Bytes of the body before compression. */
  readonly length: number;
  readonly body: () => Buffer;
  readonly gzipped: () => Promise<Buffer>;
}

/** Takes a body that is not changed any more. */
export function createListFile(written: Buffer, generated: number): ListFile {
  const { length } = written;
  let body: Buffer | undefined = written;
  let compressing: Promise<Buffer> | undefined;
  let compressed: Buffer | undefined;
  const pack = async (): Promise<Buffer> => {
    compressed = await compress(body!, { level: 6 });
    if (length > KEEP_BOTH_BELOW) body = undefined;
    return compressed;
  };
  return {
    generated,
    length,
    body: () => body ?? gunzipSync(compressed!),
    gzipped: () => (compressing ??= pack()),
  };
}
