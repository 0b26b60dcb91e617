import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import type { FakeClock } from '../peeringdb/clock';
import type { ApiKey } from './keys';

/** In seconds. */
export interface Lifetimes {
  /** 900 by default; the specification gives none. */
  readonly access?: number;
  /** 86 400 by default. */
  readonly refresh?: number;
}

export type TokenUse = 'access' | 'refresh';

/** A pair of tokens that was given out. */
export interface Grant {
  readonly by: 'token' | 'refresh';
  readonly account: string;
  /** In milliseconds. */
  readonly at: number;
}

export interface FakeIxapiTokens {
  /** For tokens from now on. */
  readonly setLifetimes: (lifetimes: Lifetimes) => void;
  /** Takes back every token of a use given out so far, or all; they look as good as before. */
  readonly revoke: (use?: TokenUse) => void;
  readonly grants: () => readonly Grant[];
  /** Every token that was given out, in order. */
  readonly issued: (use?: TokenUse) => readonly string[];
  /** Adds a key, or changes its secret or rights. */
  readonly setKey: (key: ApiKey) => void;
  /** Nobody gets tokens for it any more; access tokens given out go on working. */
  readonly removeKey: (api_key: string) => void;
}

interface Claims {
  readonly sub: string;
  readonly key: string;
  readonly use: TokenUse;
  readonly exp: number;
  readonly jti: string;
}

/** Why a token is not taken. */
export type Refusal = 'authentication-error' | 'signature-expired';

export interface TokenDesk {
  readonly keyOf: (api_key: unknown, api_secret: unknown) => ApiKey | undefined;
  readonly grant: (key: ApiKey, by: Grant['by']) => { access_token: string; refresh_token: string };
  /** The key that a token was given for. */
  readonly check: (token: string, use: TokenUse) => ApiKey | Refusal;
  readonly tokens: FakeIxapiTokens;
}

/** Gives out JSON Web Tokens with expiry, and knows which of them are still good. */
export function createTokenDesk(given: readonly ApiKey[], lifetimes: Lifetimes, clock: FakeClock): TokenDesk {
  const secret = randomBytes(32);
  const keys = new Map(given.map((key) => [key.api_key, key]));
  const good: Record<TokenUse, Map<string, ApiKey>> = { access: new Map(), refresh: new Map() };
  const grants: Grant[] = [];
  const issued: { use: TokenUse; token: string }[] = [];
  let lasting = lifetimes;
  const issue = (key: ApiKey, use: TokenUse): string => {
    const now = Math.floor(clock.now() / 1000);
    const exp = now + (use === 'access' ? (lasting.access ?? 900) : (lasting.refresh ?? 86_400));
    const claims: Claims & { iat: number } = {
      sub: key.account,
      key: key.api_key,
      use,
      iat: now,
      exp,
      jti: randomUUID(),
    };
    good[use].set(claims.jti, key);
    const token = signJwt(claims, secret);
    issued.push({ use, token });
    return token;
  };
  return {
    keyOf: (api_key, api_secret) => {
      const key = typeof api_key === 'string' ? keys.get(api_key) : undefined;
      return key !== undefined && key.api_secret === api_secret ? key : undefined;
    },
    grant: (key, by) => {
      grants.push({ by, account: key.account, at: clock.now() });
      return { access_token: issue(key, 'access'), refresh_token: issue(key, 'refresh') };
    },
    check: (token, use) => {
      const claims = readJwt(token, secret);
      if (claims?.use !== use) return 'authentication-error';
      if (claims.exp * 1000 <= clock.now()) return 'signature-expired';
      const key = good[use].get(claims.jti);
      const current = keys.get(claims.key) ?? (use === 'access' ? key : undefined);
      return key === undefined || current === undefined ? 'authentication-error' : current;
    },
    tokens: {
      setLifetimes: (next) => void (lasting = next),
      revoke: (use) => {
        for (const one of use === undefined ? (['access', 'refresh'] as const) : [use]) good[one].clear();
      },
      grants: () => grants,
      issued: (wanted) => issued.filter(({ use }) => wanted === undefined || use === wanted).map(({ token }) => token),
      setKey: (key) => void keys.set(key.api_key, key),
      removeKey: (api_key) => void keys.delete(api_key),
    },
  };
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const seal = (text: string, secret: Buffer): string => createHmac('sha256', secret).update(text).digest('base64url');

function signJwt(claims: object, secret: Buffer): string {
  const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${text}.${seal(text, secret)}`;
}

function readJwt(token: string, secret: Buffer): Claims | undefined {
  const [head, body, signature] = token.split('.');
  if (head === undefined || body === undefined || signature !== seal(`${head}.${body}`, secret)) return undefined;
  return JSON.parse(Buffer.from(body, 'base64url').toString('utf8')) as Claims;
}
