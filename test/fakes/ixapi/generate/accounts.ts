import type { Book } from '../book';
import { OTHER_ACCOUNT } from '../keys';
import { GENERATED_AT, statusOf, type Row } from '../model';

/** The account of the exchange itself: it manages the exchange LANs. */
export const EXCHANGE_ACCOUNT = 'ACC-1';

/** An account that ours manages. */
export const SUB_ACCOUNT = 'ACC-200';

interface AccountPlan {
  readonly id: string;
  readonly name: string;
  readonly managing_account?: string;
  readonly discoverable?: boolean;
  readonly asns?: readonly number[];
  readonly billable?: boolean;
}

/** Our account and two below it, one under the other; a neighbour; strangers, of whom two in three can be found. */
export function addAccounts(book: Book, asn: number, strangers: number): void {
  const customer = { managing_account: book.account, asns: [64_502], billable: true };
  addAccount(book, { id: EXCHANGE_ACCOUNT, name: 'Example Exchange', discoverable: true, asns: [64_496] });
  addAccount(book, { id: book.account, name: 'Our Network', asns: [asn], billable: true });
  addAccount(book, { id: SUB_ACCOUNT, name: 'Our Customer', ...customer });
  addAccount(book, { id: 'ACC-210', name: 'Customer of Our Customer', managing_account: SUB_ACCOUNT });
  addAccount(book, { id: OTHER_ACCOUNT, name: 'Neighbour', discoverable: true, billable: true, asns: [64_503] });
  for (let n = 1; n <= strangers; n += 1)
    addAccount(book, { id: `ACC-${1000 + n}`, name: `Stranger ${n}`, discoverable: n % 3 !== 0 });
  addRoles(book);
  for (const id of [book.account, SUB_ACCOUNT, OTHER_ACCOUNT]) addContacts(book, id);
}

function addAccount(book: Book, plan: AccountPlan): void {
  const { id, name, managing_account = null, discoverable = false, asns = [], billable = false } = plan;
  const address = {
    country: 'DE',
    locality: 'Frankfurt',
    region: 'HE',
    postal_code: '60314',
    street_address: '1 Example Street',
    post_office_box_number: null,
  };
  const billing = { billing_information: { name: `${name} Ltd`, address, vat_number: null } };
  book.put('accounts', {
    id,
    name,
    legal_name: `${name} Ltd`,
    managing_account,
    state: 'production',
    status: [statusOf(6, 'ready', 'the account is ready', GENERATED_AT)],
    external_ref: null,
    discoverable,
    metro_area_network_presence: ['MAN-1'],
    address,
    ...(billable ? billing : {}),
    asns,
  });
}

const ROLES = ['noc', 'peering', 'implementation', 'legal'];

function addRoles(book: Book): void {
  for (const name of ROLES) book.add('roles', 'ROL', { name, required_fields: ['name', 'email'] });
}

/** One contact for all roles, and one that has none. */
function addContacts(book: Book, account: string): void {
  const owned = { managing_account: account, consuming_account: account, external_ref: null, telephone: null };
  const contact = book.add('contacts', 'CNT', { ...owned, name: `NOC of ${account}`, email: 'noc@example.net' });
  book.add('contacts', 'CNT', { ...owned, name: null, email: null });
  for (const role of book.rows('roles')) book.add('role-assignments', 'RAS', { contact: contact.id, role: role.id });
}

/** The assignments of an account's contacts for these roles. */
export function assignmentsOf(book: Book, account: string, names: readonly string[]): string[] {
  const isOf = ({ contact, role }: Row): boolean =>
    book.get('contacts', contact as string).managing_account === account &&
    names.includes(book.get('roles', role as string).name as string);
  return book
    .rows('role-assignments')
    .filter(isOf)
    .map(({ id }) => id);
}
