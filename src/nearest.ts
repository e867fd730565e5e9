/**
 * Finds the known name that a misspelt one most likely meant, for the errors that refuse a name.
 *
 * @module
 */

/**
 * The entry of `known` that is closest to `name`, or `null` when none is close enough to suggest.
 *
 * Closeness is the optimal string alignment distance (insertions, deletions, substitutions and
 * swaps of neighbours), with upper and lower case alike and `-` equal to `_`. A name is suggested
 * up to a distance of a third of the longer of the two names, and at least 1; of equally close
 * names the first wins.
 *
 * Source: L. Boytsov, "Indexing methods for approximate dictionary searching", 2011, section 2.1.
 *
 * @param name what was given
 * @param known the accepted names
 * @returns the nearest accepted name, spelt as in `known`, or `null`
 */
export function nearest(name: string, known: readonly string[]): string | null {
  const given = folded(name);
  let best: string | null = null;
  let bestDistance = Infinity;
  for (const candidate of known) {
    const limit = Math.max(1, Math.floor(Math.max(name.length, candidate.length) / 3));
    // The lengths alone tell, and a name may be as long as a file.
    if (Math.abs(name.length - candidate.length) > limit) continue;
    const distance = editDistance(given, folded(candidate));
    if (distance <= limit && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function folded(name: string): string {
  return name.toLowerCase().replaceAll("-", "_");
}

function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      current[j] = Math.min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        current[j] = Math.min(current[j], beforePrevious[j - 2] + 1);
      }
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length];
}
