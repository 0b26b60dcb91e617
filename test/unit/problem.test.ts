import { problemOf } from '../../api/http/problem-of';
import { invalidRequest, Problem, problemBody, PROBLEMS } from '../../api/problem';
import { TemporalUnavailableError } from '../../api/temporal/client';
import { CacheEmptyError } from '../../store/peeringdb/snapshot';
import { FilterError } from '../../store/query/filter-error';

const withCode = (code: string, message = 'secret detail'): Error => Object.assign(new Error(message), { code });

test.each([
  [new CacheEmptyError(), 'peeringdb-cache-empty'],
  [new FilterError({ limit: ['bad'] }), 'invalid-request'],
  [new TemporalUnavailableError(), 'temporal-unavailable'],
  [withCode('ECONNREFUSED'), 'database-unavailable'],
  [withCode('57P01'), 'database-unavailable'],
  [withCode('08006'), 'database-unavailable'],
  [withCode('53300'), 'database-unavailable'],
  [new Error('Connection terminated unexpectedly'), 'database-unavailable'],
  [withCode('57014'), 'query-too-slow'],
  [withCode('2201B'), 'invalid-request'],
  [withCode('22021'), 'invalid-request'],
  [withCode('22003'), 'invalid-request'],
  [withCode('23505'), 'internal-error'],
  [withCode('42601'), 'internal-error'],
  [new Error('boom'), 'internal-error'],
  ['a string', 'internal-error'],
  [undefined, 'internal-error'],
  [null, 'internal-error'],
  [{ status: 418 }, 'malformed-body'],
])('%p is answered as %s', (error, code) => {
  expect(problemOf(error).code).toBe(code);
});

test('what nobody expected says nothing about itself, and is kept as the cause', () => {
  const error = withCode('42601', 'syntax error at or near "password"');
  const problem = problemOf(error);
  expect(JSON.stringify(problemBody(problem))).not.toMatch(/password|syntax|stack/);
  expect(problem.cause).toBe(error);
});

test('a problem has the members of RFC 9457, the fields, and what it brings along', () => {
  const problem = new Problem('already-running', 'busy', { members: { job: { id: 'x' }, status: 1 } });
  expect(problemBody(problem)).toEqual({
    ...{ type: 'urn:crossconnect:problem:already-running', title: 'Something else is running', status: 409 },
    ...{ detail: 'busy', job: { id: 'x' } },
  });
  expect(problemBody(invalidRequest({ limit: ['is wrong'], q: ['is, too'] }))).toMatchObject({
    detail: 'limit: is wrong; q: is, too',
    errors: { limit: ['is wrong'], q: ['is, too'] },
  });
});

test('titles are sentences of their own, and statuses are those of errors', () => {
  const problems = Object.values(PROBLEMS);
  expect(new Set(problems.map(({ title }) => title)).size).toBe(problems.length);
  for (const { status } of problems) expect(status >= 400 && status < 600).toBe(true);
});
