/**
 * The work list of attention: which workgroup takes which rows of which sequence.
 *
 * @module
 */

/**
 * Cuts every sequence into tiles of consecutive token rows; the last tile of a sequence may be short.
 * Tiles of longer sequences come first, since they take longest and would otherwise finish alone;
 * sequences of equal length keep their order.
 *
 * @param sequenceStarts Shape [S + 1]: the first token of every sequence, then T.
 * @param rows Token rows of a full tile, at least 1.
 * @returns Pairs (first token row of the tile, index of its sequence), flat.
 * @throws {RangeError} If `rows` is not a positive integer.
 */
export function attentionTiles(
  sequenceStarts: Uint32Array,
  rows: number,
): Uint32Array<ArrayBuffer> {
  if (!Number.isInteger(rows) || rows < 1) {
    throw new RangeError(`Cannot cut attention tiles: rows is ${rows}, wanted a positive integer`);
  }
  const lengthOf = (sequence: number) => sequenceStarts[sequence + 1] - sequenceStarts[sequence];
  const sequences = Array.from({ length: Math.max(0, sequenceStarts.length - 1) }, (_, s) => s);
  sequences.sort((a, b) => lengthOf(b) - lengthOf(a));

  const tiles: number[] = [];
  for (const sequence of sequences) {
    const end = sequenceStarts[sequence + 1];
    for (let row = sequenceStarts[sequence]; row < end; row += rows) tiles.push(row, sequence);
  }
  return Uint32Array.from(tiles);
}
