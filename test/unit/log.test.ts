import { createLogger, type Log } from '../../config/log';
import type { Config } from '../../config/schema';
import { Secret } from '../../config/secret';

function logTo(lines: string[], levels: Config['LOG_LEVELS'] = {}, level = 'info'): Log {
  return createLogger(
    { LOG_LEVEL: level as 'info', LOG_LEVELS: levels },
    { write: (line: string) => void lines.push(line) },
  );
}

test('a line is one JSON object with time, level, logger and message', () => {
  const lines: string[] = [];
  logTo(lines).named('peeringdb').info({ object: 'net' }, 'fetched');
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'info',
    logger: 'peeringdb',
    object: 'net',
    msg: 'fetched',
  });
  expect(JSON.parse(lines[0] ?? '').time).toMatch(/^\d{4}-.*Z$/);
});

test('a logger has its own level, else that of the nearest name above it, else the general one', () => {
  const lines: string[] = [];
  const log = logTo(lines, { a: 'error', 'a.b': 'debug' });
  for (const name of ['a', 'a.b', 'a.b.c', 'a.c', 'ab', 'z']) {
    log.named(name).debug(`${name} debug`);
    log.named(name).info(`${name} info`);
  }
  const messages = lines.map((line) => JSON.parse(line).msg);
  expect(messages).toEqual(['a.b debug', 'a.b info', 'a.b.c debug', 'a.b.c info', 'ab info', 'z info']);
});

test('a named logger of a named logger has a level of its own as well', () => {
  const lines: string[] = [];
  logTo(lines, { quiet: 'silent' }).named('loud').named('quiet').error('unheard');
  expect(lines).toEqual([]);
});

test.each([
  [{ authorization: 'hunter2' }],
  [{ headers: { authorization: 'Token hunter2', cookie: 'hunter2' } }],
  [{ req: { headers: { 'x-hook-signature': 'hunter2' } } }],
  [{ config: { api_key: 'hunter2', routing_key: 'hunter2' } }],
  [{ a: { b: { password: 'hunter2' } } }],
  [{ key: new Secret('hunter2') }],
  [{ deep: { er: { still: { at: new Secret('hunter2') } } } }],
])('no secret is shown of %#', (fields) => {
  const lines: string[] = [];
  logTo(lines).info(fields, 'with secrets');
  expect(lines[0]).toContain('[redacted]');
  expect(lines[0]).not.toContain('hunter2');
});

test('an error is logged with its causes and its plain fields, and not with all that hangs on it', () => {
  const lines: string[] = [];
  const error = new Error('the query failed', { cause: new Error('the socket closed') });
  const socket: Record<string, unknown> = { authorization: 'hunter2' };
  socket['self'] = socket;
  Object.assign(error, { code: '08006', table: 'job', socket, headers: { cookie: 'hunter2' } });
  logTo(lines).error({ err: error }, 'failed');
  const { err } = JSON.parse(lines[0] ?? '');
  expect(err).toMatchObject({ type: 'Error', code: '08006', table: 'job' });
  expect(err.message).toBe('the query failed: the socket closed');
  expect(err.stack).toContain('caused by: Error: the socket closed');
  expect(Object.keys(err).sort()).toEqual(['code', 'message', 'stack', 'table', 'type']);
});
