/**
 * Texts in batches of similar length, for embedding many of them.
 *
 * @module
 */

/** Tokens that make a batch where no size is given. */
const BATCH_TOKENS = 4096;

/**
 * Orders sequences by length and divides them into batches, and the batches into groups that are read
 * back together.
 *
 * @param sequences Token ids of every text.
 * @param batchSize Texts of a batch; undefined for as many as make about 4,096 tokens.
 * @param groupSize The most texts of a group, but a group has at least one batch.
 * @returns Groups of batches of indices of texts.
 * @throws {RangeError} If the batch size is not a positive integer.
 */
export function packTexts(
  sequences: readonly ArrayLike<number>[],
  batchSize: number | undefined,
  groupSize: number,
): number[][][] {
  if (batchSize !== undefined && (!Number.isInteger(batchSize) || batchSize < 1)) {
    throw new RangeError(
      `Cannot divide texts into batches: the batch size is ${batchSize}, wanted a positive integer`,
    );
  }
  const groups: number[][][] = [];
  let texts = 0;
  for (const batch of batchesByLength(sequences, batchSize)) {
    if (groups.length === 0 || texts + batch.length > groupSize) {
      groups.push([]);
      texts = 0;
    }
    groups[groups.length - 1].push(batch);
    texts += batch.length;
  }
  return groups;
}

function batchesByLength(
  sequences: readonly ArrayLike<number>[],
  batchSize: number | undefined,
): number[][] {
  const order = sequences.map((_, index) => index)
    .sort((a, b) => sequences[b].length - sequences[a].length || a - b);
  const batches: number[][] = [];
  let tokens = 0;
  for (const index of order) {
    const { length } = sequences[index];
    const full = batchSize === undefined
      ? tokens + length > BATCH_TOKENS
      : batches.at(-1)?.length === batchSize;
    if (batches.length === 0 || full) {
      batches.push([]);
      tokens = 0;
    }
    batches[batches.length - 1].push(index);
    tokens += length;
  }
  return batches;
}
