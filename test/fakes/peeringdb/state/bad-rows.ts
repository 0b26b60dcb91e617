import type { Column } from '../../../../store/peeringdb/columns';
import { OBJECTS, type ObjectTag } from '../../../../store/peeringdb/objects';
import type { Row } from '../store';

/** Ways in which a row can break a rule of its type. */
export const BREAKAGES = [
  'bad-address',
  'over-long',
  'wrong-type',
  'nul',
  'missing-field',
  'null-field',
  'missing-id',
  'null-id',
  'bad-time',
] as const;

export type Breakage = (typeof BREAKAGES)[number];

/** The ways in which a row of this type can be broken. */
export function breakagesOf(tag: ObjectTag): Breakage[] {
  return BREAKAGES.filter((breakage) => breakage !== 'bad-address' || addressColumn(tag) !== undefined);
}

/** The row with one thing wrong with it. */
export function broken(tag: ObjectTag, row: Row, breakage: Breakage): Row {
  const set = (column: string, value: unknown): Row => ({ ...row, [column]: value });
  const without = (column: string): Row => Object.fromEntries(Object.entries(row).filter(([key]) => key !== column));
  switch (breakage) {
    case 'bad-address':
      return set(addressColumn(tag) ?? fail(tag, breakage), '999.1.2.3/77');
    case 'over-long': {
      const { name, maxLength = 255 } = bounded(tag) ?? fail(tag, breakage);
      return set(name, 'ü'.repeat(maxLength + 1));
    }
    case 'wrong-type':
      return set(numeric(tag), 'seventeen');
    case 'nul':
      return set((bounded(tag) ?? fail(tag, breakage)).name, 'a\u0000b');
    case 'missing-field':
      return without(requiredColumn(tag));
    case 'null-field':
      return set(requiredColumn(tag), null);
    case 'missing-id':
      return without('id');
    case 'null-id':
      return set('id', null);
    case 'bad-time':
      return set('created', 'yesterday');
  }
}

function columns(tag: ObjectTag, fits: (column: Column) => boolean): Column[] {
  return OBJECTS[tag].columns.filter((column) => column.name !== 'id' && fits(column));
}

function addressColumn(tag: ObjectTag): string | undefined {
  return columns(tag, ({ kind }) => ['inet4', 'inet6', 'cidr'].includes(kind))[0]?.name;
}

function bounded(tag: ObjectTag): Column | undefined {
  const texts = columns(tag, ({ kind, maxLength }) => kind === 'text' && maxLength !== undefined);
  return texts.find(({ name }) => name === 'name') ?? texts[0];
}

/** A number, by preference one that is no reference. */
function numeric(tag: ObjectTag): string {
  const parents = OBJECTS[tag].parents.map(({ column }) => column);
  const numbers = columns(tag, ({ kind }) => ['integer', 'asn', 'double', 'boolean'].includes(kind));
  const { name } = numbers.find((column) => !parents.includes(column.name)) ?? numbers[0] ?? fail(tag, 'wrong-type');
  return name;
}

/** A field that the row cannot be without, by preference no reference. */
function requiredColumn(tag: ObjectTag): string {
  const parents = OBJECTS[tag].parents.map(({ column }) => column);
  const needed = columns(tag, ({ required }) => required === true).map(({ name }) => name);
  return needed.find((name) => !parents.includes(name)) ?? needed[0] ?? fail(tag, 'missing-field');
}

function fail(tag: ObjectTag, breakage: Breakage): never {
  throw new Error(`${tag}: no field of it can be broken by ${breakage}`);
}
