import { invalid, json, problem, type Answer } from './answers';
import type { Book } from './book';
import type { Lifecycle } from './lifecycle';
import type { Lists } from './lists';
import type { Collection, Row } from './model';
import { scopeOf } from './visibility';

type Fields = Readonly<Record<string, unknown>>;

/** What is to be written, by whom. */
export interface WriteQuestion {
  readonly account: string;
  readonly method: string;
  readonly collection: Collection;
  readonly id: string | undefined;
  /** What comes behind the id. */
  readonly action: string | undefined;
  readonly body: Fields;
}

export type Write = (question: WriteQuestion) => Answer | undefined;

const CONFIGS = 'network-service-configs';
const MAC = /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i;
const CHANGEABLE = ['macs', 'asns', 'capacity', 'listed', 'vlan_config', 'connection', 'external_ref'];
const DAY = 86_400_000;

/** The few writes that there are: MAC addresses, changes of configurations and their end. Undefined for all others. */
export function createWrite(book: Book, lists: Lists, lifecycle: Lifecycle, now: () => number): Write {
  const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);
  const config = (account: string, row: Row): Answer => json(202, lists.shown(account, CONFIGS, row));
  const remove = ({ account, collection, body }: WriteQuestion, row: Row): Answer => {
    if (collection === CONFIGS) {
      const at = typeof body.decommission_at === 'string' ? body.decommission_at : dayOf(now());
      return config(account, lifecycle.decommission(row.id, at));
    }
    const users = book.rows(CONFIGS).filter(({ macs }) => ((macs ?? []) as string[]).includes(row.id));
    if (users.length > 0) return problem('unable-to-fulfill', `It is used by ${users[0]!.id}.`);
    book.db.macs.delete(row.id);
    return json(200, lists.shown(account, 'macs', row));
  };
  return (question) => {
    const { account, method, collection, id, action, body } = question;
    if (method === 'POST' && collection === 'macs' && id === undefined) return createMac(book, lists, account, body);
    if (id === undefined || (collection !== CONFIGS && collection !== 'macs')) return undefined;
    const row = lists.find(account, collection, id);
    if (row === undefined) return problem('not-found', `There is no ${id}.`);
    if (action === 'cancellation-policy' && method === 'GET' && collection === CONFIGS)
      return json(200, { decommission_at: dayOf(now() + 30 * DAY), charged_until: dayOf(now() + 60 * DAY) });
    if (action !== undefined) return undefined;
    if (method === 'DELETE') return remove(question, row);
    if (method === 'PATCH' && collection === CONFIGS)
      return changeConfig(book, body, row) ?? config(account, book.get(CONFIGS, id));
    return undefined;
  };
}

/** Multicast addresses are refused, among them broadcast (IX-API 2.1.0, tag macs). */
function createMac(book: Book, lists: Lists, account: string, body: Fields): Answer {
  const { address, managing_account, consuming_account, valid_not_before = null, valid_not_after = null } = body;
  const missing = ['managing_account', 'consuming_account', 'address'].filter((name) => typeof body[name] !== 'string');
  if (missing.length > 0) return invalid(missing.map((name) => ({ name, reason: 'This field is required.' })));
  const text = String(address);
  if (!MAC.test(text) || parseInt(text.slice(0, 2), 16) % 2 === 1)
    return invalid([{ name: 'address', reason: 'This is not a unicast MAC address.' }]);
  const scope = scopeOf(book.db, account);
  const foreign = ['managing_account', 'consuming_account'].filter((name) => !scope.has(String(body[name])));
  if (foreign.length > 0) return invalid(foreign.map((name) => ({ name, reason: 'There is no such account.' })));
  const fields = { managing_account, consuming_account, external_ref: null, valid_not_before, valid_not_after };
  const mac = book.add('macs', 'MAC', { ...fields, address: text });
  return json(201, lists.shown(account, 'macs', mac));
}

/** A change of what is in production has to be brought about by the exchange first. */
function changeConfig(book: Book, body: Fields, row: Row): Answer | undefined {
  const changes = Object.fromEntries(Object.entries(body).filter(([name]) => CHANGEABLE.includes(name)));
  const { macs } = changes;
  if (macs !== undefined && !(Array.isArray(macs) && macs.every((id) => book.db.macs.has(String(id)))))
    return invalid([{ name: 'macs', reason: 'There is no such MAC address.' }]);
  const state = row.state === 'production' ? { state: 'production_change_pending' } : {};
  book.patch(CONFIGS, row.id, { ...changes, ...state });
  return undefined;
}
