/** The functions of a part of the fake as another process has them. */
export type Remote<T> = {
  readonly [K in keyof T as T[K] extends (...args: never[]) => unknown ? K : never]: T[K] extends (
    ...args: infer A
  ) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : never;
};

export type Call = <T>(call: string, ...args: unknown[]) => Promise<T>;

/** Makes what calls a function of the fake in the process that listens there. */
export function createCall(control: string): Call {
  return async <T>(call: string, ...args: unknown[]): Promise<T> => {
    const response = await fetch(control, { method: 'POST', body: JSON.stringify({ call, args }, refuseFunctions) });
    const { result, error } = (await response.json()) as { result: T; error?: string };
    if (error !== undefined) throw new Error(error);
    return result;
  };
}

/** Makes a part of the fake whose functions are called over there. */
export function remotePart<T>(part: string, call: Call): Remote<T> {
  const get = (_: object, name: string | symbol): unknown =>
    name === 'then' ? undefined : (...args: unknown[]) => call(`${part}.${String(name)}`, ...args);
  return new Proxy({}, { get }) as Remote<T>;
}

function refuseFunctions(name: string, value: unknown): unknown {
  if (typeof value === 'function') throw new Error(`${name}: a function cannot go to another process`);
  return value;
}
