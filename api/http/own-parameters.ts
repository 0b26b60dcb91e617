import { parseAsn, parseFlag } from '../../store/query/values';
import { invalidRequest } from '../problem';
import type { ParameterDoc } from './endpoint';

/** Takes parameters that a list has beside its filters out of an address; what is left is the list's. */
export function takeParameters(
  query: URLSearchParams,
  names: readonly string[],
): { readonly taken: ReadonlyMap<string, readonly string[]>; readonly left: URLSearchParams } {
  const left = new URLSearchParams(query);
  const taken = new Map(names.map((name) => [name, query.getAll(name)]));
  for (const name of names) left.delete(name);
  return { taken, left };
}

const MOST_ASNS = 50;

/** What the document says of {@link asnsOf}. */
export const ASNS_PARAMETER: ParameterDoc = {
  name: 'asn',
  description: 'Repeated: all of them, at least two',
  schema: { type: 'array', items: { type: ['integer', 'string'] }, minItems: 2, maxItems: MOST_ASNS },
};

/** The ASNs to compare, each once. Throws a 400. */
export function asnsOf(texts: readonly string[]): number[] {
  const parsed = texts.flatMap((text) => text.split(',')).map((text) => ({ text, asn: parseAsn(text) }));
  const wrong = parsed.filter(({ asn }) => asn === undefined || asn === 0);
  if (wrong.length > 0) {
    const shown = wrong.map(({ text }) => `'${text.replaceAll(/\p{C}/gu, '\ufffd').slice(0, 40)}'`).join(', ');
    throw invalidRequest({ asn: [`${shown} is not usable: expected an ASN, such as 64500 or AS64500`] });
  }
  const asns = [...new Set(parsed.map(({ asn }) => asn as number))];
  if (asns.length < 2 || asns.length > MOST_ASNS) {
    throw invalidRequest({ asn: [`${asns.length} given: expected 2 to ${MOST_ASNS} different ASNs`] });
  }
  return asns;
}

/** One ASN, which has to be given. Throws a 400. */
export function oneAsnOf(name: string, texts: readonly string[]): number {
  const asn = texts.length === 1 ? parseAsn(texts[0] ?? '') : undefined;
  if (asn === undefined || asn === 0) throw invalidRequest({ [name]: ['expected one ASN, such as 64500 or AS64500'] });
  return asn;
}

/** A parameter that is true or false, given once at most. Throws a 400. */
export function flagOf(name: string, texts: readonly string[]): boolean {
  const flag = texts.length === 0 ? false : texts.length === 1 ? parseFlag(texts[0] ?? '') : undefined;
  if (flag === undefined) throw invalidRequest({ [name]: ['expected true or false, once'] });
  return flag;
}
