import fc from 'fast-check';
import { saidBy } from '../../../activities/ixapi/http/said';
import { Secret } from '../../../config/secret';

test.each([
  [{ title: 'No.', detail: 'Not today.' }, 'No.: Not today.'],
  [{ title: 'No.', detail: ['one', { reason: 'two' }] }, 'No.: one; reason: two'],
  [{ title: 'No.', detail: 'No.' }, 'No.'],
  [{ title: 'No.', properties: [{ name: 'vlan', reason: ['too', 'large'] }, 7] }, 'No.: vlan: too; large'],
  [{ detail: 'two\nlines\u0000\u001b[31m' }, 'two lines [31m'],
  [{ detail: 'x'.repeat(2000) }, `${'x'.repeat(500)}…`],
  [{ something: 'else' }, ''],
  ['text', ''],
  [undefined, ''],
  [[], ''],
])('what a problem document says is one line (%#)', (body, line) => {
  expect(saidBy(body, [])).toBe(line);
});

test('a document of any depth is read to some depth only', () => {
  let detail: unknown = 'deep';
  for (let depth = 0; depth < 100_000; depth += 1) detail = [detail];
  expect(saidBy({ title: 'No.', detail }, [])).toBe('No.: …');
});

test('whatever an exchange sends as a problem is a short line without the secret', () => {
  const secret = 'never-to-be-seen';
  const text = fc.oneof(fc.string(), fc.constant(secret), fc.constant(`${'x'.repeat(490)}${secret}`));
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 6 },
      text,
      fc.integer(),
      fc.constant(null),
      fc.array(tie('any')),
      fc.dictionary(text, tie('any')),
    ),
  })).any;
  fc.assert(
    fc.property(fc.record({ title: value, detail: value, properties: value }), (body) => {
      const line = saidBy(body, [new Secret(secret)]);
      expect(line).not.toContain(secret);
      expect(line).not.toMatch(/\p{C}/u);
      expect(line.length).toBeLessThanOrEqual(501);
    }),
  );
});
