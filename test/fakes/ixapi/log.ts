/** One request as the fake saw it; never a token, a key or a secret. */
export interface LoggedRequest {
  readonly method: string;
  /** Below the base, without parameters. */
  readonly path: string;
  /** With its question mark, or empty. */
  readonly query: string;
  readonly at: number;
  /** Whose token it was. */
  account: string | null;
  /** 0 where there is no answer. */
  status: number;
  /** How many rows a list had. */
  rows: number | null;
  readonly fault: string | null;
}

export interface FakeIxapiLog {
  readonly requests: () => readonly LoggedRequest[];
  /** How often each was asked, as `GET /ips`. */
  readonly counts: () => Record<string, number>;
  readonly clear: () => void;
}

export function createLog(): { log: FakeIxapiLog; requests: LoggedRequest[] } {
  const requests: LoggedRequest[] = [];
  const counts = (): Record<string, number> => {
    const found: Record<string, number> = {};
    for (const { method, path } of requests) found[`${method} ${path}`] = (found[`${method} ${path}`] ?? 0) + 1;
    return found;
  };
  return { requests, log: { requests: () => requests, counts, clear: () => void requests.splice(0) } };
}
