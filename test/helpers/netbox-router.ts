import { decide, type Circumstances, type Decision, type Finding } from '../../store/netbox/decide';
import type { NetboxDevice, NetboxRules } from '../../store/netbox/device';
import type { Router, RouterFields } from '../../store/devices/routers';

/** Devices, routers and rules for tests of what becomes of a router. */

export const DEVICE: NetboxDevice = {
  ...{ id: 7, name: 'r1.par', display: 'r1.par (A1)', role: 'router', platform: 'juniper-junos', site: 'par' },
  ...{ tags: ['core'], status: 'active', local_context_data: { a: 1 }, custom_fields: { asn: 64496, team: 'x' } },
  ...{ primary_ip4: '192.0.2.1', primary_ip6: '2001:db8::1', last_updated: '2026-01-01T00:00:00Z' },
};

export const RULES: NetboxRules = {
  ...{ roles: ['router', 'firewall'], tags: [], owners: {}, customFields: ['asn'] },
  statuses: { active: 'enabled', staged: 'maintenance' },
};

export const PLATFORMS = new Map([
  ['juniper-junos', 5],
  ['arista-eos', 1],
]);

export const NOW = new Date('2026-06-01T12:00:00.000Z');
export const DAY_MS = 86_400_000;

/** What the router of DEVICE has. */
export const FIELDS: RouterFields = {
  ...{ name: 'r1.par', hostname: 'r1.par', platform: 5, status: 'enabled', local_context_data: { a: 1 } },
  ...{
    primary_ip4: '192.0.2.1',
    primary_ip6: '2001:db8::1',
    site: 'par',
    tags: ['core'],
    custom_fields: { asn: 64496 },
  },
};

/** The router of DEVICE, with something else. */
export const router = (other: Partial<Router> = {}): Router => ({
  ...{ ...FIELDS, id: 1, netbox_device_id: 7, state: 'in_sync', netbox_platform: 'juniper-junos' },
  ...{ status_before: null, delete_after: null, ...other },
});

/** DEVICE as it was found, with something else. */
export const found = (other: Partial<NetboxDevice> = {}, inScope = true): Finding => ({
  ...{ found: 'device', device: { ...DEVICE, ...other }, inScope },
});

export const DELETED: Finding = { found: 'deleted' };
export const NOT_VISIBLE: Finding = { found: 'not_visible' };

interface Other extends Partial<Omit<Circumstances, 'rules'>> {
  readonly rules?: Partial<NetboxRules>;
}

/** Decides with everything NetBox's, nothing on the router, and a day in which a deletion can be undone. */
export const decided = (
  of: Router | undefined,
  finding: Finding,
  { rules, ...other }: Other = {},
): Decision | undefined =>
  decide(of, finding, {
    ...{ platforms: PLATFORMS, now: NOW, graceMs: DAY_MS, isUsed: false, ...other },
    rules: { ...RULES, ...rules },
  });

/** What a router is after a decision. */
export const after = (before: Router, decision: Decision | undefined): Router => ({ ...before, ...decision?.values });
