import { createHash, timingSafeEqual } from 'node:crypto';
import ipaddr from 'ipaddr.js';
import type { Knex } from 'knex';
import type { Log } from '../../config/log';
import type { Secret } from '../../config/secret';
import { findToken, SCOPES, touchToken, type Scope, type Token } from '../../store/tokens';
import { Problem } from '../problem';
import type { Actor } from './endpoint';

export interface AuthDeps {
  readonly knex: Knex;
  /** The admin token given by the settings, or generated at the first start. */
  readonly bootstrapToken: Secret;
  readonly clock: () => Date;
  readonly log: Log;
}

/** What is known of a request before anybody is believed. */
export interface Credentials {
  readonly authorization: string | undefined;
  readonly address: string | undefined;
}

/** Finds out who asks. Throws a 401 or a 403. */
export type Authenticate = (credentials: Credentials) => Promise<Actor>;

const LONGEST_KEY = 512;

const unauthorized = (detail: string): Problem =>
  new Problem('unauthorized', detail, { headers: { 'WWW-Authenticate': 'Token' } });

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Compares in a time that tells nothing of how much is right. */
const same = (one: string, other: string): boolean => timingSafeEqual(sha256(one), sha256(other));

function keyOf(authorization: string | undefined): string {
  if (authorization === undefined) throw unauthorized("no token was given: expected 'Authorization: Token <key>'");
  const key = /^Token +(\S+)\s*$/i.exec(authorization.slice(0, LONGEST_KEY))?.[1];
  if (key === undefined) throw unauthorized("the authorization is not usable: expected 'Authorization: Token <key>'");
  return key;
}

function isAllowed(address: string | undefined, allowed: readonly string[]): boolean {
  if (address === undefined || !ipaddr.isValid(address)) return false;
  const from = ipaddr.process(address);
  return allowed.some((network) => {
    const [base, bits] = ipaddr.parseCIDR(
      network.includes('/') ? network : `${network}/${network.includes(':') ? 128 : 32}`,
    );
    return base.kind() === from.kind() && from.match(base, bits);
  });
}

function refuse(token: Token, address: string | undefined, now: Date): void {
  if (token.expires !== null && Date.parse(token.expires) <= now.getTime()) throw unauthorized('the token has expired');
  if (token.allowed_ips !== null && !isAllowed(address, token.allowed_ips)) {
    throw new Problem('forbidden', 'the token may not be used from this address');
  }
}

/** Authenticates by the bootstrap token, else by the tokens of the database. */
export function createAuthenticate({ knex, bootstrapToken, clock, log }: AuthDeps): Authenticate {
  return async ({ authorization, address }) => {
    const key = keyOf(authorization);
    if (same(key, bootstrapToken.reveal())) return { id: 'bootstrap', name: 'bootstrap', scope: 'admin' };
    const token = await findToken(knex, key);
    if (token === undefined) throw unauthorized('the token is not known');
    const now = clock();
    refuse(token, address, now);
    // Nice to know, but no reason to fail a request.
    await touchToken(knex, token, now).catch((error: unknown) =>
      log.warn({ err: error }, 'last use of a token not noted'),
    );
    return { id: `token:${token.id}`, name: token.name, scope: token.scope };
  };
}

/** Throws a 403 unless the actor's scope includes the one that is needed. */
export function requireScope(actor: Actor, needed: Scope): void {
  if (SCOPES.indexOf(actor.scope) >= SCOPES.indexOf(needed)) return;
  throw new Problem('forbidden', `the token's scope is ${actor.scope}: expected ${needed}`);
}
