import type { Identity, IdentityReason } from '../../../store/ixapi/object/probes';
import type { RawRow } from '../../../store/ixapi/reading/raw';
import { claimsOf } from '../sign-in/jwt';
import { readAll, type Get } from '../reading/lists';

/**
 * Which accounts are ours. `/accounts` shows them together with all strangers that let themselves be found, so being in it
 * says nothing.
 */

/** What can be known of it. */
export interface Evidence {
  /** All rows of `/accounts`. */
  readonly accounts: readonly RawRow[];
  /** The row of `/account`, whose the key is (2.7.1). */
  readonly own: RawRow | undefined;
  /** The access token. */
  readonly token: string;
  /** Rows of ours that name accounts; asked for only where nothing else says which are ours. */
  readonly belongings: () => Promise<readonly RawRow[]>;
}

type Reasons = Map<string, IdentityReason>;

/** An id or a name; exchanges send ids as numbers too. */
export const textOf = (value: unknown): string | null =>
  typeof value === 'string' ? value : Number.isSafeInteger(value) ? String(value) : null;

/**
 * The account that a claim names. `sub` may be a user as well, whose number is that of some stranger's account; other
 * claims have nothing to do with it.
 */
function accountIn(name: string, value: unknown): string | null {
  const id = textOf(value);
  if (/account|customer/i.test(name)) return id;
  return name === 'sub' && id !== null && !/^\d+$/.test(id) ? id : null;
}

function told({ accounts, own, token }: Evidence): Reasons {
  if (own !== undefined) return new Map([[own.id, 'account']]);
  const named = new Set(Object.entries(claimsOf(token)).map(([name, value]) => accountIn(name, value)));
  return new Map(accounts.filter(({ id }) => named.has(id)).map(({ id }) => [id, 'token']));
}

/**
 * Without a word of the exchange. What is shown to us is consumed by us or by somebody below us; who manages it may as well
 * be above us, and is ours only if strangers do not see it.
 */
async function concluded({ accounts, belongings }: Evidence): Promise<Reasons> {
  const reasons: Reasons = new Map();
  const consuming = new Set((await belongings()).map(({ consuming_account }) => textOf(consuming_account)));
  for (const { id, discoverable } of accounts)
    if (discoverable === false) reasons.set(id, 'not_discoverable');
    else if (consuming.has(id)) reasons.set(id, 'consumes');
  return reasons;
}

/** Adds those below, at any depth. */
function addManaged(accounts: readonly RawRow[], reasons: Reasons): void {
  for (let size = -1; size < reasons.size;) {
    size = reasons.size;
    for (const { id, managing_account } of accounts)
      if (!reasons.has(id) && reasons.has(textOf(managing_account) ?? '')) reasons.set(id, 'managed');
  }
}

/** The accounts that are ours, each with how that is known; those that the exchange names itself come first. */
export async function oursAmong(evidence: Evidence): Promise<Identity[]> {
  const { accounts, own } = evidence;
  const said = told(evidence);
  const reasons = said.size > 0 ? said : await concluded(evidence);
  addManaged(accounts, reasons);
  const rows = new Map([...(own ? [own] : []), ...accounts].map((row) => [row.id, row]));
  return [...reasons].map(([id, how]) => {
    const row = rows.get(id);
    return { id, name: textOf(row?.['name']), managing_account: textOf(row?.['managing_account']), how };
  });
}

const LISTS = ['connections', 'network-service-configs'] as const;

/** Asks an exchange for the accounts that are ours. `own`: its answer to `/account`, if it has that. */
export async function readIdentities(get: Get, token: string, own: RawRow | undefined): Promise<Identity[]> {
  const belongings = async (): Promise<RawRow[]> => {
    const rows: RawRow[] = [];
    for (const list of LISTS) rows.push(...(await readAll(get, list)));
    return rows;
  };
  return oursAmong({ accounts: await readAll(get, 'accounts'), own, token, belongings });
}
