/** Parameters of a request, in the order in which they are sent; a name may be repeated. */
export type Parameters = readonly (readonly [string, string | number])[];

/** The address of a path below an IX-API's. */
export function urlOf(api_url: string, path: string, parameters: Parameters = []): string {
  const query = new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, String(value)]));
  const address = `${api_url.replace(/\/+$/, '')}/${path}`;
  return parameters.length === 0 ? address : `${address}?${query.toString()}`;
}
