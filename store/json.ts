/** Text as PostgreSQL's jsonb takes it: without NUL, and well-formed. */
const storable = (text: string): string => Buffer.from(text.replaceAll('\0', '\ufffd'), 'utf8').toString('utf8');

/** JSON for a jsonb column. NULs, which jsonb refuses, become U+FFFD. */
export const toJsonb = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'string' ? storable(inner) : inner));
