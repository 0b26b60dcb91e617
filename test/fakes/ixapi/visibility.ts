import type { Book } from './book';
import type { Collection, Database, IxapiVersion, Row } from './model';

/** Which rows exist for a version: what an older one has no words for is not there. */
export function isInVersion(version: IxapiVersion, collection: Collection, row: Row): boolean {
  if (version === '2.7.1') return true;
  if (collection === 'product-offerings') return row.type !== 'connection';
  if (collection === 'network-features') return row.type !== 'blackholing';
  if (collection === 'network-service-configs') return row.routing_function === undefined;
  return true;
}

/** Whose things an account sees as its own: itself and all that it manages, at any depth. */
export function scopeOf(db: Database, account: string): ReadonlySet<string> {
  const scope = new Set([account]);
  for (let size = 0; size < scope.size;) {
    size = scope.size;
    for (const { id, managing_account } of db.accounts.values())
      if (scope.has(managing_account as string)) scope.add(id);
  }
  return scope;
}

const OPEN: readonly Collection[] = [
  'facilities',
  'devices',
  'pops',
  'metro-areas',
  'metro-area-networks',
  'product-offerings',
  'network-features',
  'roles',
  'availability-zones',
];

/** Whether it is one of the LANs, which only have their place in a network; also under another type. */
const isOfExchange = (service: Row): boolean => service.metro_area_network !== undefined;

/** What an account may see of a list. */
export interface View {
  readonly sees: (collection: Collection, row: Row) => boolean;
  /** Whether it is seen in part only, by strangers. */
  readonly isRedacted: (collection: Collection, row: Row) => boolean;
}

export function createView(book: Book, version: IxapiVersion, account: string): View {
  const scope = scopeOf(book.db, account);
  const owns = ({ managing_account, consuming_account }: Row): boolean =>
    scope.has(managing_account as string) || scope.has(consuming_account as string);
  const isAllowed = (service: Row): boolean =>
    scope.has(service.joining_member_account as string) ||
    book
      .rows('member-joining-rules')
      .some(
        ({ type, network_service, consuming_account }) =>
          type === 'allow' && network_service === service.id && scope.has(consuming_account as string),
      );
  const isOpen = (collection: Collection, row: Row): boolean => {
    if (OPEN.includes(collection)) return true;
    if (collection === 'accounts') return scope.has(row.id) || row.discoverable === true;
    if (collection === 'network-services') return isOfExchange(row) || row.public === true || isAllowed(row);
    // That everybody sees the addresses of route servers is unverified.
    return collection === 'ips' && row.network_feature !== undefined;
  };
  const ownsAbout = (collection: Collection, row: Row): boolean => {
    if (collection === 'role-assignments') return owns(book.get('contacts', row.contact as string));
    if (collection === 'port-reservations') return owns(book.get('connections', row.connection as string));
    return owns(row);
  };
  return {
    sees: (collection, row) =>
      isInVersion(version, collection, row) && (isOpen(collection, row) || ownsAbout(collection, row)),
    isRedacted: (collection, row) => {
      if (collection === 'accounts') return !scope.has(row.id);
      return collection === 'network-services' && !isOfExchange(row) && !owns(row) && !isAllowed(row);
    },
  };
}
