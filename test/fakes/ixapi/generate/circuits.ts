import type { Book } from '../book';
import { OTHER_ACCOUNT } from '../keys';
import { GENERATED_AT, statusOf, type Row } from '../model';
import { addMac } from './allocate';
import { vlanConfigOf } from './members';
import { addConnection, ownedBy } from './ports';
import { offeringOf } from './services';

const NETWORK = 'MAN-1';
const READY = [statusOf(6, 'ready', 'in operation', GENERATED_AT)];

/** Services other than peering LANs, ours and the neighbour's, with a configuration of each of ours. */
export function addCircuits(book: Book, seed: number): void {
  addConfig(book, addService(book, 'p2p_vc', book.account, { joining_member_account: OTHER_ACCOUNT }), {});
  addConfig(book, addService(book, 'p2mp_vc', book.account, multipoint('Our Tree', false)), { role: 'root' });
  const subnets = { subnet_v4: '198.19.0.0/24', subnet_v6: null };
  const service = addService(book, 'mp2mp_vc', book.account, { ...multipoint('Our LAN', false), ...subnets });
  const lan = addConfig(book, service, {});
  book.patch('network-service-configs', lan.id, { macs: [addMac(book, lan, 'valid', seed)] });
  const cloud = { cloud_key: 'fake-cloud-key', diversity: 1, provider_ref: null, capacity: 500 };
  addConfig(book, addService(book, 'cloud_vc', book.account, cloud), { handover: 1, cloud_vlan: null });
  addService(book, 'mp2mp_vc', OTHER_ACCOUNT, multipoint('Public LAN', true));
  addService(book, 'mp2mp_vc', OTHER_ACCOUNT, multipoint('Private LAN', false));
  addRule(book, addService(book, 'mp2mp_vc', OTHER_ACCOUNT, multipoint('LAN by Invitation', false)), 'allow');
  addRule(book, addService(book, 'p2mp_vc', OTHER_ACCOUNT, multipoint('Closed Tree', true)), 'deny');
}

const multipoint = (name: string, isPublic: boolean): Readonly<Record<string, unknown>> => ({
  name,
  display_name: name,
  public: isPublic,
  member_joining_rules: [],
  network_features: [],
});

const WORKFLOW = {
  service_provider_region: null,
  service_provider_pop: null,
  service_provider_workflow: 'provider_first',
  delivery_method: 'shared',
  diversity: 1,
};

function addService(book: Book, type: string, account: string, more: Readonly<Record<string, unknown>>): Row {
  const kind = `PO-${type.toUpperCase()}`;
  if (!book.db['product-offerings'].has(kind))
    book.put('product-offerings', { id: kind, ...offeringOf(type, NETWORK, type === 'cloud_vc' ? WORKFLOW : {}) });
  const { role_assignments: _, ...owned } = ownedBy(book, account);
  return book.add('network-services', 'NS', {
    type,
    ...owned,
    state: 'production',
    status: READY,
    product_offering: kind,
    nsc_required_contact_roles: ['ROL-3'],
    ...more,
  });
}

function addConfig(book: Book, service: Row, more: Readonly<Record<string, unknown>>): Row {
  const account = service.consuming_account as string;
  const plan = { account, metro_area_network: NETWORK, untagged: false, ports: 1, speed: 10_000 };
  const config = book.add('network-service-configs', 'NSC', {
    type: service.type,
    ...ownedBy(book, account),
    state: 'production',
    status: READY,
    network_service: service.id,
    connection: addConnection(book, plan).id,
    vlan_config: vlanConfigOf('dot1q', book.next('member')),
    network_feature_configs: [],
    ...(service.type === 'cloud_vc' ? {} : { capacity: 500 }),
    ...more,
  });
  book.cases.set(service.type as string, config.id);
  return config;
}

function addRule(book: Book, service: Row, type: 'allow' | 'deny'): void {
  const rule = book.add('member-joining-rules', 'MJR', {
    type,
    managing_account: service.managing_account,
    consuming_account: book.account,
    external_ref: null,
    network_service: service.id,
    ...(type === 'allow' ? { capacity_min: null, capacity_max: 1000 } : {}),
  });
  book.patch('network-services', service.id, { member_joining_rules: [rule.id] });
}
