/** Writes JSON as Python's json.dumps does: ASCII only, `", "` and `": "` between the parts. */
export function toPythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toPythonJson).join(', ')}]`;
  if (value !== null && typeof value === 'object') {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return `{${members.map(([key, member]) => `${toAscii(key)}: ${toPythonJson(member)}`).join(', ')}}`;
  }
  return typeof value === 'string' ? toAscii(value) : JSON.stringify(value);
}

function toAscii(text: string): string {
  return JSON.stringify(text).replace(
    /[^\x00-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
