import type { z } from 'zod';
import type { Log } from '../../config/log';
import type { Scope } from '../../store/tokens';

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** Who asks. */
export interface Actor {
  /** Names the token in the keys of idempotent requests and in the log. */
  readonly id: string;
  readonly name: string;
  readonly scope: Scope;
}

/** What surrounds a request. */
export interface Context {
  /** Nobody on public endpoints. */
  readonly actor: Actor | undefined;
  readonly requestId: string;
  readonly log: Log;
  /** The parameters of the address as they came, for lists. */
  readonly query: URLSearchParams;
  /** This product's own address: `PUBLIC_URL`, else that of the request. */
  readonly baseUrl: string;
  /** The path of the request, with its trailing slash. */
  readonly path: string;
  readonly now: Date;
  /** The bytes of the body as they came, uncompressed: what a signature covers. */
  readonly rawBody: Buffer;
  /** A header of the request, by its name in any case. */
  readonly header: (name: string) => string | undefined;
  /** Fires when the caller is gone, or the product stops: no reason to wait any longer. */
  readonly signal: AbortSignal;
}

/** What a handler answers. A body that is text is sent as it is, any other as JSON. */
export interface Answer {
  /** 200 unless said otherwise. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** The body to keep for requests that come again with their `Idempotency-Key`, where the real one holds a secret. */
  readonly kept?: unknown;
}

/** What the document says of an answer. */
export interface ResponseDoc {
  readonly description: string;
  readonly schema?: z.ZodType;
  readonly contentType?: string;
}

/** A parameter that only the document needs to know, since the handler parses the address by itself. */
export interface ParameterDoc {
  readonly name: string;
  readonly description: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

interface Common {
  readonly method: Method;
  /** With a trailing slash and `{name}` for parameters, as the document writes it. */
  readonly path: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly scope: Scope | 'public';
  readonly responses: Readonly<Record<number, ResponseDoc>>;
  /** Whether it makes something, so that `Idempotency-Key` is honoured. */
  readonly creates?: boolean;
  /** The largest body that is taken, in bytes, where it is not the usual one (`body.ts`). */
  readonly largestBody?: number;
  /** Set for lists: the address's parameters are left to the handler. */
  readonly listParameters?: readonly ParameterDoc[];
}

/** An endpoint as it is written: what it takes, what it answers, what it does. */
export interface EndpointSpec<P extends z.ZodObject, Q extends z.ZodObject, B extends z.ZodType> extends Common {
  readonly request?: { readonly params?: P; readonly query?: Q; readonly body?: B };
  readonly handler: (
    input: { readonly params: z.output<P>; readonly query: z.output<Q>; readonly body: z.output<B> },
    context: Context,
  ) => Promise<Answer> | Answer;
}

/** An endpoint as it is registered. */
export interface Endpoint extends Common {
  readonly request: { readonly params?: z.ZodObject; readonly query?: z.ZodObject; readonly body?: z.ZodType };
  readonly handler: (
    input: { readonly params: unknown; readonly query: unknown; readonly body: unknown },
    context: Context,
  ) => Promise<Answer> | Answer;
}

/** Describes an endpoint; its handler gets what its schemas parse. */
export function endpoint<
  P extends z.ZodObject = z.ZodObject,
  Q extends z.ZodObject = z.ZodObject,
  B extends z.ZodType = z.ZodType,
>(spec: EndpointSpec<P, Q, B>): Endpoint {
  // The registration parses with exactly these schemas before it calls the handler.
  return { ...spec, request: spec.request ?? {} } as unknown as Endpoint;
}
