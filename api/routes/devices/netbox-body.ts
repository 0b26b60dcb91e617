import { z } from 'zod';
import { invalidRequest, type FieldErrors } from '../../problem';

/** What concerns us of a webhook of NetBox's, whatever version or template wrote it. */
export interface NetboxWebhook {
  readonly deviceId: number;
  readonly request_id: string | undefined;
  readonly username: string | undefined;
  /** The slug of the device's role and its depth in the tree of roles, as far as the body says it. */
  readonly role: { readonly slug: string; readonly depth: number | undefined } | undefined;
  /** Slugs; undefined: the body does not say. */
  readonly tags: readonly string[] | undefined;
}

/** Of a body that concerns another kind of object: which one. */
export interface OtherObject {
  readonly object: string;
}

const EVENTS = ['created', 'updated', 'deleted'];
const DEVICES = ['device', 'dcim.device'];
/** Longer ones are no UUIDs and no names of NetBox's users. */
const LONGEST = 150;
/** Control characters and halves of characters: PostgreSQL takes no NUL, and none of them is in a name. */
const NO_TEXT = /[\p{Cc}\p{Cs}]/u;

/** Any JSON object: what of it is needed is looked at by itself, since every version and template sends another shape. */
export const netboxBody = z.looseObject({}).meta({
  description: "A webhook of NetBox's. Only `event` and `data.id` are needed.",
  example: { event: 'updated', data: { id: 1 } },
});

type Body = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const member = (value: unknown, name: string): unknown => (isObject(value) ? value[name] : undefined);

const words = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value.length <= LONGEST && !NO_TEXT.test(value) ? value : undefined;

function wrongId(id: unknown): string | undefined {
  if (typeof id === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id))
    return 'expected the number of a NetBox device; this is a UUID, as Nautobot has them, with which this was not tested';
  const number = typeof id === 'string' && /^\d{1,16}$/.test(id) ? Number(id) : id;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 1
    ? undefined
    : 'expected the id of a NetBox device, a whole number from 1 to 9007199254740991';
}

function slugsOf(tags: unknown): string[] | undefined {
  if (!Array.isArray(tags)) return undefined;
  const slugs = tags.map((tag) => words(member(tag, 'slug')));
  return slugs.every((slug) => slug !== undefined) ? slugs : undefined;
}

function roleOf(data: Body): NetboxWebhook['role'] {
  const role = data['role'] ?? data['device_role'];
  const slug = words(member(role, 'slug'));
  const depth = member(role, '_depth');
  return slug === undefined ? undefined : { slug, depth: typeof depth === 'number' ? depth : undefined };
}

/** Reads a webhook. Throws a 400 that names the fields which are missing or wrong. */
export function readNetboxWebhook(body: Body): NetboxWebhook | OtherObject {
  const object = words(body['object_type']) ?? words(body['model']);
  if (object !== undefined && !DEVICES.includes(object)) return { object };
  const { event, data } = body;
  const id = member(data, 'id');
  const errors: Record<string, FieldErrors[string]> = {
    ...(EVENTS.includes(event as string) ? {} : { event: [`expected one of ${EVENTS.join(', ')}`] }),
  };
  const wrong = isObject(data) ? wrongId(id) : undefined;
  if (!isObject(data)) errors['data'] = ['expected the device, an object with its id'];
  else if (wrong !== undefined) errors['data.id'] = [wrong];
  if (!isObject(data) || Object.keys(errors).length > 0) throw invalidRequest(errors);
  return {
    deviceId: Number(id),
    request_id: words(body['request_id']) ?? words(member(body['request'], 'id')),
    username: words(body['username']) ?? words(member(body['request'], 'user')),
    role: roleOf(data),
    tags: slugsOf(data['tags']),
  };
}
