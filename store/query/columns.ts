import type { ColumnKind } from '../peeringdb/columns';

/** One field of a list: a column of its table, or an expression. Opaque ones are only shown. */
export interface ListColumn {
  readonly name: string;
  readonly kind: ColumnKind | 'inet' | 'uuid' | 'opaque';
  /** SQL in place of the column's name; never from outside. */
  readonly expression?: string;
  /** SQL of what is answered, where that is not what is compared. */
  readonly shown?: string;
  /** SQL that rows are ordered by, where that is not what is compared. */
  readonly order?: string;
  /** The labels of a choice by its values: it is compared by value, and answered as `{value, label}`. */
  readonly choices?: Readonly<Record<string, string>>;
  /** Shown only where it has a value. */
  readonly sparse?: true;
}

/** What a list is made of. */
export interface ListSource {
  /** A table, or a question in parentheses with an alias; never from outside. */
  readonly table: string;
  /** In the order of the answer. The first one is the id, in which every order ends. */
  readonly columns: readonly ListColumn[];
  /** Further fields in which every order ends, where the id alone does not tell two rows apart. */
  readonly key?: readonly string[];
  /** The fields that `q` looks into. */
  readonly search: readonly string[];
  /** The fields of `?brief=true`. */
  readonly brief: readonly string[];
  /** Rows that are left out unless the list is filtered by the field. */
  readonly hidden?: { readonly field: string; readonly value: string };
  /** The order unless another is asked for, such as `-created`. */
  readonly ordering?: string;
  /** The jsonb column whose members are merged into the answer, after the fields. */
  readonly extra?: string;
}

/** A comparison that a filter can ask for: the part after `__`; empty for equality. */
export type Lookup =
  | ''
  | 'n'
  | 'lt'
  | 'lte'
  | 'gt'
  | 'gte'
  | 'ic'
  | 'nic'
  | 'isw'
  | 'nisw'
  | 'iew'
  | 'niew'
  | 'ie'
  | 'nie'
  | 'empty'
  | 'regex'
  | 'iregex';

const EQUALITY: readonly Lookup[] = ['', 'n', 'empty'];
const ORDER: readonly Lookup[] = [...EQUALITY, 'lt', 'lte', 'gt', 'gte'];
const PARTS: readonly Lookup[] = [...EQUALITY, 'ic', 'nic', 'isw', 'nisw', 'iew', 'niew'];
const TEXT: readonly Lookup[] = [...PARTS, 'ie', 'nie', 'regex', 'iregex'];

/** The lookups that fields of a kind have, with the meaning that NetBox gives them. */
export const LOOKUPS: Readonly<Record<ListColumn['kind'], readonly Lookup[]>> = {
  integer: ORDER,
  asn: ORDER,
  double: ORDER,
  timestamp: ORDER,
  text: TEXT,
  boolean: EQUALITY,
  json: [...EQUALITY, 'ic', 'nic'],
  inet4: PARTS,
  inet6: PARTS,
  cidr: PARTS,
  inet: PARTS,
  uuid: EQUALITY,
  opaque: [],
};

/** Lookups that leave out what matches; of several values all are left out. */
export const NEGATIONS: Readonly<Partial<Record<Lookup, Lookup>>> = {
  n: '',
  nic: 'ic',
  nisw: 'isw',
  niew: 'iew',
  nie: 'ie',
};

/** A field by its name. */
export const columnOf = ({ columns }: ListSource, name: string): ListColumn | undefined =>
  columns.find((column) => column.name === name);
