/**
 * How values are shared among ranks.
 *
 * @module
 */

/** Part of an array. */
export interface Share {
  /** Index of the first element. */
  readonly start: number;
  /** Index after the last element. */
  readonly end: number;
}

/**
 * The part of an array that one rank reduces or keeps. Shares follow each other in the order of ranks
 * and differ by one element at most.
 *
 * @param length Elements of the array.
 * @param options Whose share.
 * @param options.rank The rank.
 * @param options.size Number of ranks.
 * @returns Where it lies.
 */
export function shareOf(
  length: number,
  { rank, size }: { rank: number; size: number },
): Share {
  return { start: Math.floor(length * rank / size), end: Math.floor(length * (rank + 1) / size) };
}
