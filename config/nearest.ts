const pairs = (word: string): Set<string> =>
  new Set(Array.from({ length: Math.max(0, word.length - 1) }, (_, i) => word.slice(i, i + 2)));

/** How alike two names are, from 0 to 1: the share of letter pairs that they have in common. */
function likeness(one: string, other: string): number {
  const have = pairs(one);
  const wanted = pairs(other);
  if (have.size + wanted.size === 0) return 0;
  return (2 * [...wanted].filter((pair) => have.has(pair)).length) / (have.size + wanted.size);
}

/** The known name most like a misspelt one, or nothing when none is alike enough (`threshold`, from 0 to 1). */
export function nearest(name: string, known: readonly string[], threshold = 0.5): string | undefined {
  const wanted = name.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_');
  let best: { name: string; score: number } | undefined;
  for (const candidate of known) {
    const score = likeness(candidate, wanted);
    if (score > (best?.score ?? threshold)) best = { name: candidate, score };
  }
  return best?.name;
}
