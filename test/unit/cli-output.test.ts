import { formatTable, printRows } from '../../api/cli/output';
import { createProgress } from '../../api/cli/progress';
import { formatCsv } from '../../api/csv';
import { collect } from '../helpers/run-cli';

test('a table has a head and aligned columns', () => {
  const rows = [
    { id: 1, name: 'a' },
    { id: 100, name: 'long name' },
  ];
  expect(formatTable(['id', 'name'], rows)).toBe('ID   NAME\n1    a\n100  long name\n');
});

test('a table of nothing is its head', () => {
  expect(formatTable(['id', 'name'], [])).toBe('ID  NAME\n');
});

test('a table shows nothing for null, words for lists and JSON for structures', () => {
  const row = { a: null, b: ['x', 'y'], c: { d: 1 }, e: false };
  expect(formatTable(['a', 'b', 'c', 'e', 'none'], [row])).toBe(
    `A  B    C        E      NONE\n   x y  {"d":1}  false\n`,
  );
});

test('data cannot steer the terminal through a table', () => {
  const table = formatTable(['name'], [{ name: 'a\u001b[2Jb\rc\u202ed\u009be\nf' }]);
  expect(table).toBe('NAME\na�[2Jb c�d�e f\n');
});

test.each([
  ['plain', 'plain'],
  ['a,b', '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ['two\nlines', '"two\nlines"'],
  [' spaces ', '" spaces "'],
  ['', ''],
  [null, ''],
  [-5, '-5'],
  ['-5.5', '-5.5'],
  ['+4912', '+4912'],
  ['=1+1', "'=1+1"],
  ['+1+cmd', "'+1+cmd"],
  ['-1-cmd', "'-1-cmd"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', `"'\t=1"`.replace(/"/g, '')],
  ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
])('CSV writes %j as %s', (value, expected) => {
  expect(formatCsv(['c'], [{ c: value }])).toBe(`c\n${expected}\n`);
});

test('JSON has every field of a row, CSV only the columns', () => {
  const rows = [{ id: 1, name: 'x', more: { deep: [1] } }];
  const json = collect();
  printRows({ stdout: json, stderr: collect(), env: {} }, { format: 'json', output: '-' }, ['id'], rows);
  expect(JSON.parse(json.text())).toEqual(rows);
  const csv = collect();
  printRows({ stdout: csv, stderr: collect(), env: {} }, { format: 'csv', output: '-' }, ['id'], rows);
  expect(csv.text()).toBe('id\n1\n');
});

test.each([
  ['a terminal', true, {}, true],
  ['a terminal with NO_COLOR', true, { NO_COLOR: '1' }, false],
  ['a pipe', false, {}, false],
])('colour on %s', (_where, isTTY, env, coloured) => {
  const out = collect(isTTY);
  printRows({ stdout: out, stderr: collect(), env }, { format: 'table', output: '-' }, ['id'], []);
  expect(out.text().includes('\u001b[')).toBe(coloured);
});

test('a file that cannot be written is named', () => {
  const io = { stdout: collect(), stderr: collect(), env: {} };
  expect(() => printRows(io, { format: 'csv', output: '/nonexistent/x.csv' }, ['id'], [])).toThrow(
    "'/nonexistent/x.csv' cannot be written (ENOENT)",
  );
});

test('progress on a terminal redraws one line and takes it away at the end', () => {
  const out = collect(true);
  const progress = createProgress(out);
  progress.show({ text: 'fetching net', done: 6, total: 12 });
  progress.end();
  expect(out.text()).toBe(`\r\x1b[K[${'#'.repeat(12)}${'.'.repeat(12)}] fetching net (6 of 12)\r\x1b[K`);
});

test('progress elsewhere is a line when the work changes, and one every ten seconds', () => {
  let now = 0;
  const out = collect();
  const progress = createProgress(out, () => now);
  progress.show({ text: 'fetching', done: 1, total: 13 });
  progress.show({ text: 'fetching', done: 2, total: 13 });
  now = 10_000;
  progress.show({ text: 'fetching', done: 9, total: 13 });
  progress.show({ text: 'publishing' });
  progress.end();
  expect(out.text()).toBe('fetching (1 of 13)\nfetching (9 of 13)\npublishing\n');
});
