import fc from 'fast-check';
import { CACHE_LISTS } from '../../store/peeringdb/lists';
import { FilterError } from '../../store/query/filter-error';
import { parseListRequest, type ListRequest } from '../../store/query/request';
import { parseAsn, parseTime } from '../../store/query/values';

const parse = (query: string): ListRequest => parseListRequest(CACHE_LISTS.net, new URLSearchParams(query));

const complaints = (query: string): unknown => {
  try {
    return parse(query);
  } catch (error) {
    return error instanceof FilterError ? error.errors : error;
  }
};

test('without parameters a list is its first 50 rows by id', () => {
  const { limit, offset, ordering, conditions, extra } = parse('');
  expect({ limit, offset, extra, conditions }).toEqual({ limit: 50, offset: 0, extra: true, conditions: [] });
  expect(ordering.map(({ column, descending }) => [column.name, descending])).toEqual([['id', false]]);
});

test('every order ends in the id', () => {
  const order = parse('ordering=-created,name').ordering.map(
    ({ column, descending }) => `${descending ? '-' : ''}${column.name}`,
  );
  expect(order).toEqual(['-created', 'name', 'id']);
});

test('all that is wrong is said at once', () => {
  expect(complaints('limit=x&rolle=router&asn=abc&asn=1&ordering=-nope&name__between=1')).toEqual({
    limit: ["'x' is not usable: expected a whole number from 0"],
    ordering: ["there is no field '-nope'"],
    rolle: ['there is no such filter'],
    asn: ["'abc' is not usable: expected an ASN, such as 64500 or AS64500"],
    name__between: ['there is no such lookup for a field of this type'],
  });
});

test('messages show no control characters and no endless values', () => {
  const text = JSON.stringify(complaints(`asn=${encodeURIComponent('\u001b[31m')}${'9'.repeat(5_000)}`));
  expect(text).not.toMatch(/\\u001b/);
  expect(text.length).toBeLessThan(300);
});

test.each([
  ['64500', 64500],
  ['AS64500', 64500],
  ['as0', 0],
  ['4294967295', 4294967295],
  ['4294967296', undefined],
  ['-1', undefined],
  ['AS', undefined],
  ['1.1', undefined],
  ['', undefined],
])('%j as an ASN is %p', (text, asn) => {
  expect(parseAsn(text)).toBe(asn);
});

test.each([
  ['2026-01-31', '2026-01-31T00:00:00Z'],
  ['2026-01-31T12:30', '2026-01-31T12:30Z'],
  ['2026-01-31 12:30:59.123456', '2026-01-31 12:30:59.123456Z'],
  ['2026-01-31T12:30:59Z', '2026-01-31T12:30:59Z'],
  ['2026-01-31T12:30:59 02:00', '2026-01-31T12:30:59+02:00'],
  ['2026-02-29', undefined],
  ['2024-02-29', '2024-02-29T00:00:00Z'],
  ['0000-01-01', undefined],
  ['2026-01-31T24:00:00Z', undefined],
  ['2026-01-31T00:00:00+15:00', undefined],
  ['now', undefined],
])('%j as a time is %p', (text, time) => {
  expect(parseTime(text)).toBe(time);
});

test('whatever the parameters are, they are understood or refused with their names', () => {
  const names = CACHE_LISTS.net.columns.map(({ name }) => name);
  const name = fc.oneof(
    fc.string(),
    fc.constantFrom(...names, 'limit', 'offset', 'ordering', 'q', 'fields', 'brief', '__proto__', 'constructor'),
    fc
      .tuple(fc.constantFrom(...names), fc.constantFrom('n', 'ic', 'gt', 'empty', 'regex', '', '__n'))
      .map((pair) => pair.join('__')),
  );
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('1', 'true', 'null', '2026-01-01', '', '-id', 'AS1'),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value), { maxLength: 6 }), (parameters) => {
      try {
        const request = parseListRequest(CACHE_LISTS.net, new URLSearchParams(parameters));
        return request.limit >= 1 && request.limit <= 1000 && request.ordering.length >= 1;
      } catch (error) {
        if (!(error instanceof FilterError)) throw error;
        const given = new Set([...new URLSearchParams(parameters).keys()]);
        return Object.keys(error.errors).every((field) => given.has(field));
      }
    }),
    { numRuns: 500 },
  );
});
