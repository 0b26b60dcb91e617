import type { VlanConfig } from '../documents';
import { compare, type Finding, type Saying } from './finding';
import type { Subject } from './subjects';

/** How frames are tagged. */

const UNTAGGED: Saying = { value: 'untagged', text: 'untagged' };

const tagged = (vlan: number): Saying => ({ value: vlan, text: String(vlan) });

/** Two tags, the outer one first. */
const doubled = (vlan: number, inner_vlan: number): Saying => ({
  value: { vlan, inner_vlan },
  text: `${vlan}.${inner_vlan}`,
});

/** Nothing while the exchange has not chosen a VLAN. */
function atExchange(config: VlanConfig | null): Saying | undefined {
  switch (config?.vlan_type) {
    case 'port':
      return UNTAGGED;
    case 'dot1q':
      return config.vlan === null ? undefined : tagged(config.vlan);
    case 'qinq':
      return config.outer_vlan === null || config.inner_vlan === null
        ? undefined
        : doubled(config.outer_vlan, config.inner_vlan);
    case undefined:
      return undefined;
  }
}

/** A connection without a VLAN is untagged where it was imported; in others, nobody may have entered it. */
function here({ local, config }: Subject): Saying | undefined {
  if (!local) return undefined;
  const { vlan, inner_vlan } = local;
  if (vlan !== null) return inner_vlan === null ? tagged(vlan) : doubled(vlan, inner_vlan);
  return local.ixapi_network_service_config === config.id ? UNTAGGED : undefined;
}

/** NetBox has one VLAN, which of two tags may be either; that of an untagged port is the router's own affair. */
function inNetbox({ port }: Subject, theirs: Saying | undefined): Saying | undefined {
  const vlan = port?.vlan ?? null;
  return vlan === null || theirs === UNTAGGED ? undefined : tagged(vlan);
}

/** VLANs, with both of two tags; untagged is a value too. */
export function vlanFindings(subject: Subject): Finding[] {
  const theirs = atExchange(subject.config.vlan_config);
  const ours = here(subject);
  const sayings = { ixapi: theirs, local: ours, netbox: inNetbox(subject, theirs ?? ours) };
  return compare({
    ...{ kind: 'vlan', what: 'the VLAN', sayings, cases: ['vlan-ours', 'vlan-elsewhere'] },
    agrees: (source, believed) => {
      const [one, other] = [source, believed].map((name) => sayings[name as keyof typeof sayings]?.text ?? '');
      return one === other || (source === 'netbox' && (other ?? '').split('.').includes(one ?? ''));
    },
  });
}
