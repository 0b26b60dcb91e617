/**
 * The `code` of an error of Node's own, such as `ENOENT`; empty when it has none. Not by `instanceof Error`: Node's errors
 * come from another realm than code that runs inside a vm context, as all tests do.
 */
export function errorCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}
