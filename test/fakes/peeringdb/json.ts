/**
 * JSON in the byte style of PeeringDB's renderer, which is Python's `json.dumps` with its defaults: ASCII only, `", "`
 * and `": "` between the parts.
 */
export function dumps(value: unknown): string {
  const parts: string[] = [];
  add(parts, value);
  return parts.join('');
}

function add(parts: string[], value: unknown): void {
  if (typeof value === 'string') parts.push(quote(value));
  else if (value === null || value === undefined) parts.push('null');
  else if (typeof value === 'number' || typeof value === 'boolean') parts.push(String(value));
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      parts.push(index === 0 ? '[' : ', ');
      add(parts, item);
    }
    parts.push(value.length === 0 ? '[]' : ']');
  } else addObject(parts, value as Record<string, unknown>);
}

function addObject(parts: string[], value: Record<string, unknown>): void {
  let first = true;
  for (const key of Object.keys(value)) {
    const field = value[key];
    if (field === undefined) continue;
    parts.push(first ? '{' : ', ', quotedKey(key));
    first = false;
    add(parts, field);
  }
  parts.push(first ? '{}' : '}');
}

const keys = new Map<string, string>();

/** Field names are few and recur in every row. */
function quotedKey(key: string): string {
  let quoted = keys.get(key);
  if (quoted === undefined) keys.set(key, (quoted = `${quote(key)}: `));
  return quoted;
}

/** A number as Python writes a float: never without a fraction. */
export function dumpFloat(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

const NEEDS_ESCAPE = /[^ !#-[\]-~]/;
const BEYOND_ASCII = /[\u007f-\uffff]/g;

function quote(text: string): string {
  if (!NEEDS_ESCAPE.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(
    BEYOND_ASCII,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
