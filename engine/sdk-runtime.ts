import {
  makeTelemetryFilterString,
  Runtime,
  type Logger as SdkLogger,
  type LogLevel,
  type LogMetadata,
} from '@temporalio/worker';
import type { Log } from '../config/log';

/** Fields of the SDK's log lines worth keeping; the rest are tokens and repetitions. */
const KEPT = ['workflowId', 'runId', 'workflowType', 'activityType', 'attempt', 'durationMs'];

/** An expected failure of an activity is one line, and its workflow decides what to make of it. */
function fieldsOf(meta: LogMetadata | undefined): Record<string, unknown> {
  const fields = Object.fromEntries(KEPT.filter((key) => meta?.[key] !== undefined).map((key) => [key, meta?.[key]]));
  const error: unknown = meta?.['error'];
  if (!(error instanceof Error)) return fields;
  const type = (error as { type?: unknown }).type;
  return typeof type === 'string' && type !== 'Error'
    ? { ...fields, type, reason: error.message }
    : { ...fields, err: error };
}

function adapt(log: Log): SdkLogger {
  const write = (level: 'trace' | 'debug' | 'info' | 'warn' | 'error', message: string, meta?: LogMetadata): void =>
    log[level](fieldsOf(meta), message);
  return {
    log: (level: LogLevel, message, meta) =>
      write(level === 'INFO' ? 'debug' : (level.toLowerCase() as 'warn'), message, meta),
    trace: (message, meta) => write('trace', message, meta),
    debug: (message, meta) => write('debug', message, meta),
    // What the SDK finds worth telling is of interest to its debuggers.
    info: (message, meta) => write('debug', message, meta),
    warn: (message, meta) => write('warn', message, meta),
    error: (message, meta) => write('error', message, meta),
  };
}

let installed = false;

/** Makes the SDK log through ours, and leaves signals to us: a stop has an order. Once a process, before any worker. */
export function installRuntime(log: Log): void {
  if (installed) return;
  installed = true;
  Runtime.install({
    logger: adapt(log.named('temporal')),
    shutdownSignals: [],
    telemetryOptions: { logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) } },
  });
}
