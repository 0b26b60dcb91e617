import { validityOf, type Validity } from '../documents';
import type { Finding } from './finding';
import { digitsOf, hostOf } from './hosts';
import type { Subject } from './subjects';

interface Used extends Validity {
  readonly address: string;
}

/** What we use of a config's addresses; one that is there twice is as good as the better of both. */
function usedOf({ config, local, now }: Subject): readonly Used[] {
  if (!local) return [];
  const hosts = [local.ipv4_address, local.ipv6_address].flatMap((address) => (address ? [hostOf(address)] : []));
  const mac = local.mac_address === null ? undefined : digitsOf(local.mac_address);
  const ips = config.ips.filter(({ address }) => hosts.includes(hostOf(address)));
  const macs = config.macs.filter(({ address }) => digitsOf(address) === mac);
  return [ips.filter(({ version }) => version === 4), ips.filter(({ version }) => version === 6), macs].flatMap(
    (same: readonly Used[]) => (same.some((one) => validityOf(one, now) === 'valid') ? [] : same.slice(0, 1)),
  );
}

function wordsOf({ address, valid_not_before, valid_not_after }: Used, isOver: boolean): string {
  const when = isOver ? `until ${valid_not_after ?? ''}` : `from ${valid_not_before ?? ''}`;
  return `${address}, which is used here, is valid at the exchange only ${when}`;
}

/** Addresses and MAC addresses that we use and that are not ours any more, or not yet. */
export function validityFindings(subject: Subject): Finding[] {
  const used = usedOf(subject).map((one) => ({ one, isOver: validityOf(one, subject.now) === 'expired' }));
  if (used.length === 0) return [];
  const ixapi = used.map(({ one: { address, valid_not_before, valid_not_after } }) => ({
    ...{ address, valid_not_before, valid_not_after },
  }));
  return [
    {
      ...{ kind: 'validity', case: used.some(({ isOver }) => isOver) ? 'expired' : 'not-valid-yet', ixapi },
      ...{
        local: used.map(({ one }) => one.address),
        message: used.map(({ one, isOver }) => wordsOf(one, isOver)).join('; '),
      },
    },
  ];
}
