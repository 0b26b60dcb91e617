import { lookup as resolve } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { parse, isValid, IPv6, type IPv4 } from 'ipaddr.js';
import { Agent, buildConnector } from 'undici';
import { badAddress } from '../errors';

/** An address that a name has. */
export interface Resolved {
  readonly address: string;
  readonly family: number;
}

export interface GuardOptions extends Omit<Agent.Options, 'connect' | 'factory'> {
  /** IXAPI_ALLOW_PRIVATE: whether everything may be reached. */
  readonly allowPrivate: boolean;
  /** All addresses of a name; those of the system by default. */
  readonly lookup?: ((hostname: string) => Promise<readonly Resolved[]>) | undefined;
}

/** What is given to networks by the registries (IANA, "Internet Protocol Version 6 Address Space"); the rest is special. */
const GLOBAL_UNICAST = IPv6.parseCIDR('2000::/3');
/** The well-known prefix of NAT64 (RFC 6052), by which networks without IPv4 reach the hosts that have nothing else. */
const NAT64 = IPv6.parseCIDR('64:ff9b::/96');

const embedded = (address: IPv6): IPv4 => new IPv6([0, 0, 0, 0, 0, 0xffff, ...address.parts.slice(6)]).toIPv4Address();

/** Whether an IP address, in whatever spelling, is a public one of a single host. */
export function isPublic(text: string): boolean {
  const address = parse(text);
  if (!(address instanceof IPv6)) return address.range() === 'unicast';
  if (address.isIPv4MappedAddress()) return address.toIPv4Address().range() === 'unicast';
  if (address.match(NAT64)) return embedded(address).range() === 'unicast';
  return address.match(GLOBAL_UNICAST) && address.range() === 'unicast';
}

const refusal = (what: string): string =>
  `${what} is no public address: expected one, or the setting IXAPI_ALLOW_PRIVATE`;

const bare = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1');

/**
 * What is wrong with the address of an IX-API, in a sentence; undefined: nothing. A name is not looked up here, that is
 * done when it is connected to.
 */
export function checkAddress(url: string, allowPrivate: boolean): string | undefined {
  if (!URL.canParse(url)) return 'expected an address such as https://api.example.net/api/v2';
  const { protocol, username, password, hostname } = new URL(url);
  if (!/^https?:$/.test(protocol)) return 'expected an http:// or https:// address';
  if (username !== '' || password !== '') return 'expected an address without a user name and a password';
  if (allowPrivate) return undefined;
  const host = bare(hostname);
  if (/(^|\.)localhost\.?$/.test(host)) return refusal(host);
  return isValid(host) && !isPublic(host) ? refusal(host) : undefined;
}

const systemLookup = (hostname: string): Promise<readonly Resolved[]> => resolve(hostname, { all: true });

/** Looks a name up for Node's sockets, which connect to what is answered here: there is no second look-up. */
function guardedLookup({ allowPrivate, lookup = systemLookup }: GuardOptions): LookupFunction {
  return (hostname, { all }, callback) => {
    const vet = (found: readonly Resolved[]): void => {
      const [first] = found;
      const hidden = allowPrivate ? undefined : found.find(({ address }) => !isValid(address) || !isPublic(address));
      if (hidden !== undefined) callback(badAddress(refusal(`${hostname} (${hidden.address})`)), '');
      else if (first === undefined)
        callback(Object.assign(new Error(`${hostname} has no address`), { code: 'ENOTFOUND' }), '');
      else if (all === true) callback(null, [...found]);
      else callback(null, first.address, first.family);
    };
    lookup(hostname).then(vet, (error: unknown) => callback(error as NodeJS.ErrnoException, ''));
  };
}

/**
 * An undici Agent that connects to public unicast addresses only, unless `allowPrivate`. A name of which one address is
 * not public is refused as a whole. Throws `badAddress`.
 */
export function createGuardedAgent(options: GuardOptions): Agent {
  const { allowPrivate, lookup: _, ...agentOptions } = options;
  const connectTo = buildConnector({ lookup: guardedLookup(options), ...connectTimeoutOf(agentOptions) });
  return new Agent({
    ...agentOptions,
    connect: (to, callback) => {
      const host = bare(to.hostname);
      // Sockets look up names only.
      if (!allowPrivate && isValid(host) && !isPublic(host)) callback(badAddress(refusal(host)), null);
      else connectTo(to, callback);
    },
  });
}

const connectTimeoutOf = ({ connectTimeout }: Agent.Options): { timeout?: number } =>
  connectTimeout === undefined ? {} : { timeout: connectTimeout };
