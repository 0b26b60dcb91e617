/** An answer before it is sent. */
export interface Answer {
  readonly status: number;
  readonly type: 'application/json' | 'text/html; charset=utf-8';
  readonly body: string;
  /** Rows on the page; 0 when it is none. */
  readonly rows: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The id of the change that the request made. */
  readonly requestId?: string;
}

/** JSON as Django's REST framework writes it: compact. */
export function json(status: number, value: unknown): Answer {
  return { status, type: 'application/json', body: JSON.stringify(value), rows: 0 };
}

export function detail(status: number, message: string): Answer {
  return json(status, { detail: message });
}

/** A page for people, as those of Django and of proxies. */
export function html(status: number, title: string): Answer {
  const body = `<!DOCTYPE html>\n<html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>\n`;
  return { status, type: 'text/html; charset=utf-8', body, rows: 0 };
}

export function empty(status: number): Answer {
  return { status, type: 'application/json', body: '', rows: 0 };
}
