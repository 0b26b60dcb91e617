import { Agent, request, type Dispatcher } from 'undici';
import { errorCode } from '../../../config/error-code';
import type { Secret } from '../../../config/secret';
import { inWords, type Finding } from './check';

/** What NetBox answered to a question of the doctor's. */
export type NetboxAnswer =
  | { readonly kind: 'answer'; readonly json: unknown }
  /** A bad token, or one that may not: NetBox says 403 to both, and never 401. */
  | { readonly kind: 'forbidden'; readonly said: string }
  /** There is no such address. */
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly finding: Finding };

/** Asks for a path below `/api/`. */
export type AskNetbox = (path: string) => Promise<NetboxAnswer>;

/** Where NetBox is, and how it is asked. */
export interface NetboxLink {
  readonly url: string;
  readonly token: Secret;
  readonly verifyTls: boolean;
}

/** Two questions one after the other have to fit into the time of a check. */
const ANSWER_MS = 7_000;
/** NetBox has few workers, and people are waiting for it too. */
const CONNECTIONS = 4;

const CERTIFICATE = /CERT|UNABLE_TO_|HOSTNAME_MISMATCH/;
const PROTOCOL = /^(EPROTO|ERR_SSL_)/;

/** What NetBox says of a request that it refuses; nothing for a page for people. */
function saidBy(text: string): string {
  try {
    const { detail } = JSON.parse(text) as { detail?: unknown };
    return typeof detail === 'string' ? detail.slice(0, 200) : text.slice(0, 200);
  } catch {
    return '';
  }
}

const fail = (detail: string, hint: string): NetboxAnswer => ({
  kind: 'failed',
  finding: { level: 'fail', detail, hint },
});

/** A finding for an answer that is not NetBox's. */
export const notNetbox = (url: string): Finding => ({
  level: 'fail',
  detail: `${url} answers, and is no NetBox`,
  hint: "NETBOX_API is NetBox's own address, such as https://netbox.example.net",
});

/** The address that a redirect means, as the setting would have it. */
function baseOf(location: string, place: string): string | undefined {
  if (!URL.canParse(location, place)) return undefined;
  const { origin, pathname } = new URL(location, place);
  return pathname.includes('/api/') ? origin + pathname.slice(0, pathname.indexOf('/api/')) : undefined;
}

function redirected(place: string, headers: Dispatcher.ResponseData['headers']): NetboxAnswer {
  const location = headers['location']?.toString() ?? 'nowhere';
  const base = baseOf(location, place);
  const isToTls = place.startsWith('http://') && base?.startsWith('https://') === true;
  const how = isToTls ? 'redirects from http to https' : 'redirects';
  const hint = base === undefined ? 'NETBOX_API must name the final address' : `set NETBOX_API to ${base}`;
  return fail(`${place} ${how}, to ${location}`, hint);
}

function refused(place: string, status: number, text: string, headers: Dispatcher.ResponseData['headers']) {
  const said = saidBy(text);
  if (status === 403) return { kind: 'forbidden', said: said === '' ? 'a page for people' : said } as const;
  if (status === 404) return { kind: 'missing' } as const;
  if (status >= 300 && status < 400) return redirected(place, headers);
  const detail = `${place} answers ${status}${said === '' ? '' : `: ${said}`}`;
  return fail(detail, 'look at NetBox, and at what lies before it');
}

function unreachable(place: string, error: unknown): NetboxAnswer {
  const code = errorCode(error);
  const detail = `${place}: ${inWords(error)}`;
  if (CERTIFICATE.test(code))
    return fail(
      `${detail} (${code})`,
      'let NODE_EXTRA_CA_CERTS name the certificate of your authority; NETBOX_API_VERIFY_SSL=false trusts anybody',
    );
  if (PROTOCOL.test(code))
    return fail(
      `${place} does not speak TLS (${code})`,
      'is it http:// in NETBOX_API? NETBOX_API_VERIFY_SSL is not it',
    );
  return fail(detail, 'look at NETBOX_API and the network, and whether NetBox runs');
}

/** Lets `work` ask NetBox. Nothing is tried twice, and no redirect is followed. */
export async function withNetbox<T>(link: NetboxLink, work: (ask: AskNetbox) => Promise<T>): Promise<T> {
  const { url, token, verifyTls } = link;
  const dispatcher = new Agent({ connections: CONNECTIONS, connect: { rejectUnauthorized: verifyTls } });
  const key = token.reveal();
  const headers = {
    accept: 'application/json',
    authorization: `${key.startsWith('nbt_') ? 'Bearer' : 'Token'} ${key}`,
    'user-agent': 'crossconnect doctor',
  };
  const ask: AskNetbox = async (path) => {
    const address = `${url}/api/${path}`;
    const place = address.replace(/\?.*$/, '');
    try {
      const answer = await request(address, { headers, dispatcher, signal: AbortSignal.timeout(ANSWER_MS) });
      const text = await answer.body.text();
      if (answer.statusCode !== 200) return refused(place, answer.statusCode, text, answer.headers);
      return { kind: 'answer', json: parseJson(text) };
    } catch (error) {
      return unreachable(place, error);
    }
  };
  try {
    return await work(ask);
  } finally {
    await dispatcher.destroy();
  }
}

/** What is no JSON is nothing that anybody asked for. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
