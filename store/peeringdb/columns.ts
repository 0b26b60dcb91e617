/** The kinds of fields that PeeringDB's objects have, and the fields that many of them share. */
export type ColumnKind =
  'integer' | 'asn' | 'double' | 'text' | 'boolean' | 'timestamp' | 'json' | 'inet4' | 'inet6' | 'cidr';

/** One field of an object type. */
export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
  /** Longest text allowed, in characters (code points). */
  readonly maxLength?: number;
  /** A row without this field, or with null in it, breaks a rule. */
  readonly required?: true;
}

export const integer = (name: string): Column => ({ name, kind: 'integer' });
export const asn = (name: string): Column => ({ name, kind: 'asn' });
export const text = (name: string, maxLength?: number): Column =>
  maxLength === undefined ? { name, kind: 'text' } : { name, kind: 'text', maxLength };
export const flag = (name: string): Column => ({ name, kind: 'boolean' });
export const time = (name: string): Column => ({ name, kind: 'timestamp' });
export const json = (name: string): Column => ({ name, kind: 'json' });
export const required = (column: Column): Column => ({ ...column, required: true });

export const id = required(integer('id'));
/** `created`, `updated` and `status` end every row (django-handleref). `status` is not a column: published rows are ok. */
export const handleref = [required(time('created')), required(time('updated'))];
export const named = [required(text('name', 255)), text('aka', 255), text('name_long', 255)];
export const web = [text('website', 255), json('social_media')];
export const address = [
  text('address1', 255),
  text('address2', 255),
  text('city', 255),
  text('country', 2),
  text('state', 255),
  text('zipcode', 48),
  text('floor', 255),
  text('suite', 255),
  { name: 'latitude', kind: 'double' },
  { name: 'longitude', kind: 'double' },
] satisfies Column[];
