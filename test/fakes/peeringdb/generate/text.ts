import type { Rng } from '../rng';
import { LEGAL_FORMS, NAME_ENDS, NAME_STARTS, PROSE, SOCIAL } from './words';

/** Returns a function that makes names of companies, never the same twice. */
export function createNamer(rng: Rng): (suffix?: string) => string {
  const taken = new Set<string>();
  return (suffix = rng.pick(LEGAL_FORMS)) => {
    const stem = `${rng.pick(NAME_STARTS)}${rng.pick(NAME_ENDS)}`;
    let name = `${stem} ${suffix}`.trim();
    while (taken.has(name)) name = `${stem} ${1 + rng.int(99_999)} ${suffix}`.trim();
    taken.add(name);
    return name;
  };
}

/** Running text of about so many words, with a share of letters beyond ASCII and an occasional line break. */
export function prose(rng: Rng, words: number): string {
  let text = '';
  for (let i = 0; i < words; i += 1) {
    text += rng.pick(PROSE);
    text += i + 1 === words ? '.' : i % 17 === 16 ? '.\r\n' : ' ';
  }
  return text;
}

/** A domain that nobody owns, from a number. */
export function domain(number: number): string {
  return `as${number}.example.net`;
}

export function phone(rng: Rng): string {
  return `+${1 + rng.int(98)}${100_000_000 + rng.int(899_999_999)}`;
}

/** PeeringDB's list of profiles; the website is one of them whenever there is one. */
export function socialMedia(rng: Rng, website: string, more: number): { service: string; identifier: string }[] {
  const list = website === '' ? [] : [{ service: 'website', identifier: website }];
  if (rng.chance(more)) list.unshift({ service: rng.pick(SOCIAL), identifier: `nw${rng.int(100_000)}` });
  return list;
}
