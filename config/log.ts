import { pino, stdSerializers, type DestinationStream, type Logger } from 'pino';
import type { Config } from './schema';

/** A logger of this product: pino's, and the way to the loggers named in `LOG_LEVELS`. */
export type Log = Logger & {
  /** The logger of one part of the product, such as `peeringdb` or `api.http`, at the level that `LOG_LEVELS` gives it. */
  named(name: string): Log;
};

/** What a logger must never show, wherever in the fields of a line it stands. Values of type `Secret` redact themselves. */
const REDACTED_KEYS = [
  'authorization',
  'Authorization',
  'cookie',
  '["set-cookie"]',
  '["x-hook-signature"]',
  '["x-pagerduty-signature"]',
  'password',
  'secret',
  'api_key',
  'apiKey',
  'api_secret',
  'routing_key',
  'token',
];

const redactedPaths = REDACTED_KEYS.flatMap((key) => {
  const below = key.startsWith('[') ? key : `.${key}`;
  return [key, `*${below}`, `*.*${below}`, `*.*.*${below}`];
});

/** The level of a logger: its own, else that of the nearest name above it (`a` for `a.b`), else the general one. */
function levelOf(name: string, config: LogSettings): string {
  for (let part = name; part !== ''; part = part.slice(0, Math.max(0, part.lastIndexOf('.')))) {
    const level = config.LOG_LEVELS[part];
    if (level !== undefined) return level;
  }
  return config.LOG_LEVEL;
}

/**
 * An error as a log shows it: what it is, where it came from, and of its fields those that are a word or a number (a code,
 * the name of a table). Others hold whole connections and requests, with all that is secret in them.
 */
export function describeError(error: Error): object {
  if (!(error instanceof Error)) return error;
  const isPlain = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);
  const fields = Object.fromEntries(Object.entries(error).filter(([, value]) => isPlain(value)));
  const { type, message, stack } = stdSerializers.err(error);
  return { ...fields, type, message, stack };
}

type LogSettings = Pick<Config, 'LOG_LEVEL' | 'LOG_LEVELS'>;

/** The root logger: a JSON object a line, on standard output unless told otherwise. */
export function createLogger(config: LogSettings, destination?: DestinationStream): Log {
  const options = {
    level: config.LOG_LEVEL,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: describeError },
    formatters: { level: (level: string) => ({ level }) },
    redact: { paths: redactedPaths, censor: '[redacted]' },
  };
  const root = destination === undefined ? pino(options) : pino(options, destination);
  // Children have their parent as prototype, so that every one of them has `named` too.
  const named = (name: string): Log => root.child({ logger: name }, { level: levelOf(name, config) }) as Log;
  return Object.assign(root, { named });
}
