import { compose } from '../../../store/ixapi/reading/compose';
import { planImport, type PlannedConfig } from '../../../store/ixapi/import/plan';
import { matchServices } from '../../../store/ixapi/match/services';
import { CASES } from '../../fakes/ixapi/generate/cases';
import { startFakeIxapi } from '../../fakes/ixapi/server';
import { EXCHANGE, NOW } from '../../helpers/ixapi-import';
import { readLists } from '../../helpers/ixapi-lists';

/** What an import makes of each case that the fake shows at its first exchange, by the names of the cases. */
async function plannedCases(version: '2.1.0' | '2.7.1'): Promise<Record<string, PlannedConfig | undefined>> {
  const fake = await startFakeIxapi({ version });
  try {
    const { shown } = compose(await readLists(fake));
    const exchange = { ...EXCHANGE, peeringdb_ixid: 1 };
    const matches = matchServices(exchange, shown.network_services);
    const plan = planImport({ exchange, state: undefined, shown, matches, local: [], now: NOW });
    const planned = (id: string | undefined): PlannedConfig | undefined =>
      plan.find(({ network_service_config }) => network_service_config === id);
    return Object.fromEntries(CASES.map(({ name }) => [name, planned(fake.state.cases()[name])]));
  } finally {
    await fake.close();
  }
}

const made = (values: object = {}): object => ({ action: 'create', values: { status: 'enabled', ...values } });
const skip = (waiting: boolean, reason: RegExp): object => ({
  ...{ action: 'skip', waiting, reason: expect.stringMatching(reason) as string },
});

const EXPECTED: Readonly<Record<string, object | undefined>> = {
  production: made({ ipv4_address: '198.18.0.10/20', ipv6_address: '2001:db8:1::a/64', mode: 'lag_lacp' }),
  untagged: made({ vlan: null, inner_vlan: null }),
  qinq: made({ vlan: 103, inner_vlan: 7 }),
  'ipv4-only': made({ ipv4_address: '198.18.0.13/20' }),
  'ipv6-only': made({ ipv6_address: '2001:db8:1::e/64' }),
  'rate-limited': made({ speed: 1000 }),
  'upper-case-mac': made({ mac_address: '0a:01:00:00:00:07' }),
  'old-mac': made({ mac_address: '02:01:00:00:00:09' }),
  requested: skip(true, /^its state is requested; it has no addresses yet; addresses will be allocated/),
  allocated: made({ status: 'disabled' }),
  testing: made({ status: 'disabled' }),
  'change-pending': made(),
  'decommission-requested': { ...made(), reason: 'it will be decommissioned at 2040-06-30' },
  decommissioned: skip(false, /^its state is decommissioned/),
  archived: skip(false, /^its state is archived/),
  error: skip(false, /^its state is error; the port could not be configured$/),
  'expired-ips': skip(true, /^its addresses were valid until /),
  'future-ips': skip(true, /^its addresses are valid from 2040-01-01/),
  operator: skip(false, /^its state is operator; a person at the exchange/),
  scheduled: skip(true, /^its state is scheduled; its addresses are valid from 2040-01-01/),
  'second-lan': undefined,
  'sub-account': skip(false, /^it is consumed by ACC-200, not by ACC-100$/),
};

test.each(['2.1.0', '2.7.1'] as const)('an exchange of version %s is imported, case by case', async (version) => {
  const cases = await plannedCases(version);
  expect(Object.keys(cases)).toEqual(Object.keys(EXPECTED));
  expect(cases).toMatchObject(EXPECTED);
  expect(cases['ipv4-only']?.values).not.toHaveProperty('ipv6_address');
  expect(cases['ipv6-only']?.values).not.toHaveProperty('ipv4_address');
});
