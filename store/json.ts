/** Text as PostgreSQL's jsonb takes it: without NUL, and well-formed. */
const storable = (text: string): string => Buffer.from(text.replaceAll('\0', '\ufffd'), 'utf8').toString('utf8');

/** How JSON has a NUL, or half of a surrogate pair: what may be one is looked at text by text. */
const UNSTORABLE = /\\u(?:0000|d[89a-f])/;

/** JSON for a jsonb column. NULs, which jsonb refuses, become U+FFFD, and so do halves of surrogate pairs. */
export function toJsonb(value: unknown): string {
  const json = JSON.stringify(value);
  if (!UNSTORABLE.test(json)) return json;
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'string' ? storable(inner) : inner));
}
