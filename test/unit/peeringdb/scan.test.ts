import fc from 'fast-check';
import { BrokenBodyError, createScanner } from '../../../activities/peeringdb/scan';

/** A body as PeeringDB's renderer writes it. */
const render = (rows: unknown[], meta: object = {}): string =>
  `{"data": ${style(rows)}, "meta": ${JSON.stringify(meta)}}`;

/** JSON with PeeringDB's separators. */
const style = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(style).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, field]) => `${JSON.stringify(key)}: ${style(field)}`)
    .join(', ')}}`;
};

function scan(body: Buffer, cuts: readonly number[]): { rows: unknown[]; meta: unknown } {
  const scanner = createScanner();
  let rows: unknown[] = [];
  const at = [...new Set(cuts.map((cut) => cut % (body.length + 1)))].sort((a, b) => a - b);
  let from = 0;
  for (const to of [...at, body.length]) {
    rows = rows.concat(scanner.push(body.subarray(from, to)));
    from = to;
  }
  const last = scanner.end();
  return { rows: rows.concat(last.rows), meta: last.envelope.meta };
}

// Rows of PeeringDB's begin with their id; the boundaries of nested ones look alike, and so may text.
const tricky = fc.constantFrom('}, {"id": ', '"}]', '\\', '\\"', ']}');
const nested = fc.array(fc.record({ id: fc.nat(), text: tricky }), { maxLength: 4 });
const row = fc.oneof(
  fc.dictionary(fc.string(), fc.jsonValue()),
  fc.record({ id: fc.nat(), notes: fc.oneof(tricky, fc.string()), set: nested }),
);

test('rows come out as JSON.parse would give them, wherever the body is cut', () => {
  fc.assert(
    fc.property(fc.array(row), fc.array(fc.nat()), fc.boolean(), (rows, cuts, ascii) => {
      const text = render(rows, { generated: 1.5 });
      const escaped = text.replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
      const body = Buffer.from(ascii ? escaped : text);
      const scanned = scan(body, cuts);
      expect(scanned.rows).toEqual((JSON.parse(body.toString()) as { data: unknown[] }).data);
      expect(scanned.meta).toEqual({ generated: 1.5 });
    }),
  );
});

test('a body cut off anywhere is told from a whole one', () => {
  const body = Buffer.from(
    render(
      [
        { id: 1, notes: 'a "]}" in a string' },
        { id: 2, list: [[1], { a: [] }] },
      ],
      { generated: 7 },
    ),
  );
  for (let length = 0; length < body.length; length++) {
    expect(() => scan(body.subarray(0, length), [])).toThrow(BrokenBodyError);
  }
  expect(scan(body, []).rows).toHaveLength(2);
});

test.each([
  ['an HTML page', '<html><body>Service unavailable</body></html>'],
  ['JSON without a list', '{"meta": {"error": "Too Many Requests"}}'],
  ['a list without an envelope', '[{"id": 1}]'],
  ['text after the end', '{"data": [], "meta": {}} and more'],
  ['a row that is not JSON', '{"data": [{"id": 1,}], "meta": {}}'],
  ['nothing', ''],
])('%s is a broken body', (_, text) => {
  expect(() => scan(Buffer.from(text), [])).toThrow(BrokenBodyError);
});

test('a list named data inside a row does not count as the list of rows', () => {
  const body = Buffer.from('{"meta": {"data": [{"id": 9}]}, "data": [{"id": 1, "data": [2]}]}');
  expect(scan(body, [3, 20, 40]).rows).toEqual([{ id: 1, data: [2] }]);
});

test('many rows in one piece do not exhaust the stack', () => {
  const rows = Array.from({ length: 300_000 }, (_, id) => ({ id }));
  expect(scan(Buffer.from(render(rows)), []).rows).toHaveLength(300_000);
});
