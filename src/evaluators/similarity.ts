/**
 * The four scores by which embeddings are compared, pair by pair, as a matrix or tile by tile.
 * Larger always means more alike: distances are negated.
 *
 * Sums run in float64 over float32 embeddings, in one order wherever a pair is scored, so that
 * equal embeddings get equal scores.
 *
 * @module
 */

import type { Embeddings } from "./embedder.ts";

/**
 * How two embeddings are compared: `cosine` (a·b / ‖a‖‖b‖, 0 where a norm is 0), `dot` (a·b),
 * `euclidean` (−‖a − b‖₂) or `manhattan` (−‖a − b‖₁).
 */
export type Similarity = "cosine" | "dot" | "euclidean" | "manhattan";

/** The names of all similarities. */
export const SIMILARITIES: readonly Similarity[] = ["cosine", "dot", "euclidean", "manhattan"];

/**
 * Scores row i of `a` against row i of `b`.
 *
 * @param similarity the score to compute
 * @param a embeddings `[N, C]`
 * @param b embeddings `[N, C]`
 * @returns N scores
 * @throws {RangeError} where the shapes differ
 */
export function pairwiseSimilarity(
  similarity: Similarity,
  a: Embeddings,
  b: Embeddings,
): Float64Array {
  if (a.rows !== b.rows) {
    throw new RangeError(
      `Cannot score pairs of embeddings: found ${a.rows} and ${b.rows} rows, wanted equally many`,
    );
  }
  const scorer = new SimilarityScorer(similarity, a, b);
  const scores = new Float64Array(a.rows);
  for (let i = 0; i < a.rows; i++) scorer.tile(i, i + 1, i, i + 1, scores.subarray(i, i + 1));
  return scores;
}

/**
 * Scores every row of `a` against every row of `b`.
 *
 * @param similarity the score to compute
 * @param a embeddings `[N, C]`
 * @param b embeddings `[M, C]`
 * @returns the scores `[N, M]`, row-major
 * @throws {RangeError} where the widths differ
 */
export function similarityMatrix(
  similarity: Similarity,
  a: Embeddings,
  b: Embeddings,
): Float64Array {
  const scores = new Float64Array(a.rows * b.rows);
  new SimilarityScorer(similarity, a, b).tile(0, a.rows, 0, b.rows, scores);
  return scores;
}

/** Scores two sets of embeddings tile by tile, for matrices too large to hold. */
export class SimilarityScorer {
  readonly #similarity: Similarity;
  readonly #a: Embeddings;
  readonly #b: Embeddings;
  readonly #inverseNormsA: Float64Array;
  readonly #inverseNormsB: Float64Array;

  /**
   * Prepares what all tiles share.
   *
   * @param similarity the score to compute
   * @param a embeddings `[N, C]`, the rows of the tiles
   * @param b embeddings `[M, C]`, the columns of the tiles
   * @throws {RangeError} where the widths differ or a shape does not fit its data
   */
  constructor(similarity: Similarity, a: Embeddings, b: Embeddings) {
    checkShape(a);
    checkShape(b);
    if (a.columns !== b.columns) {
      throw new RangeError(
        `Cannot score embeddings: found widths ${a.columns} and ${b.columns}, wanted equal ones`,
      );
    }
    this.#similarity = similarity;
    this.#a = a;
    this.#b = b;
    this.#inverseNormsA = similarity === "cosine" ? inverseNorms(a) : new Float64Array(0);
    this.#inverseNormsB = similarity === "cosine" ? inverseNorms(b) : new Float64Array(0);
  }

  /**
   * Scores rows `aStart..aEnd` of the one against rows `bStart..bEnd` of the other, ends excluded.
   *
   * @param out receives the tile, `[aEnd - aStart, bEnd - bStart]`, row-major
   * @throws {RangeError} where there are fewer rows
   */
  tile(aStart: number, aEnd: number, bStart: number, bEnd: number, out: Float64Array): void {
    if (aEnd > this.#a.rows || bEnd > this.#b.rows) {
      throw new RangeError(
        `Cannot score rows up to ${aEnd} against rows up to ${bEnd}: ` +
          `found ${this.#a.rows} and ${this.#b.rows} rows`,
      );
    }
    const { data: a, columns } = this.#a;
    const { data: b } = this.#b;
    const scoreRow = ROW_SCORES[this.#similarity];
    const width = bEnd - bStart;
    for (let i = aStart; i < aEnd; i++) {
      const row = out.subarray((i - aStart) * width, (i - aStart + 1) * width);
      scoreRow(a, i * columns, b, bStart * columns, columns, row);
      if (this.#similarity === "cosine") {
        scale(row, this.#inverseNormsA[i], this.#inverseNormsB.subarray(bStart, bEnd));
      }
    }
  }
}

/** Scores the row of a that starts at aStart against as many rows of b as `out` has room for. */
type RowScore = (
  a: Float32Array,
  aStart: number,
  b: Float32Array,
  bStart: number,
  columns: number,
  out: Float64Array,
) => void;

const ROW_SCORES: Readonly<Record<Similarity, RowScore>> = {
  cosine: dotRow,
  dot: dotRow,
  euclidean: euclideanRow,
  manhattan: manhattanRow,
};

function scale(row: Float64Array, factor: number, factors: Float64Array): void {
  for (let j = 0; j < row.length; j++) row[j] *= factor * factors[j];
}

function checkShape({ data, rows, columns }: Embeddings): void {
  if (data.length !== rows * columns) {
    throw new RangeError(
      `Cannot score embeddings of shape [${rows}, ${columns}]: found ${data.length} values, ` +
        `wanted ${rows * columns}`,
    );
  }
}

function inverseNorms({ data, rows, columns }: Embeddings): Float64Array {
  const inverses = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let c = i * columns; c < (i + 1) * columns; c++) sum += data[c] * data[c];
    inverses[i] = 1 / Math.max(Math.sqrt(sum), 1e-12);
  }
  return inverses;
}

// Four rows of b at once: one load of a serves four independent sums, twice as fast as one by one.
function dotRow(
  a: Float32Array,
  aStart: number,
  b: Float32Array,
  bStart: number,
  columns: number,
  out: Float64Array,
): void {
  let j = 0;
  for (; j + 4 <= out.length; j += 4) {
    const b0 = bStart + j * columns, b1 = b0 + columns, b2 = b1 + columns, b3 = b2 + columns;
    let sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0;
    for (let c = 0; c < columns; c++) {
      const value = a[aStart + c];
      sum0 += value * b[b0 + c];
      sum1 += value * b[b1 + c];
      sum2 += value * b[b2 + c];
      sum3 += value * b[b3 + c];
    }
    out[j] = sum0;
    out[j + 1] = sum1;
    out[j + 2] = sum2;
    out[j + 3] = sum3;
  }
  for (; j < out.length; j++) {
    const b0 = bStart + j * columns;
    let sum = 0;
    for (let c = 0; c < columns; c++) sum += a[aStart + c] * b[b0 + c];
    out[j] = sum;
  }
}

function euclideanRow(
  a: Float32Array,
  aStart: number,
  b: Float32Array,
  bStart: number,
  columns: number,
  out: Float64Array,
): void {
  for (let j = 0; j < out.length; j++) {
    const b0 = bStart + j * columns;
    let sum = 0;
    for (let c = 0; c < columns; c++) {
      const difference = a[aStart + c] - b[b0 + c];
      sum += difference * difference;
    }
    out[j] = -Math.sqrt(sum);
  }
}

function manhattanRow(
  a: Float32Array,
  aStart: number,
  b: Float32Array,
  bStart: number,
  columns: number,
  out: Float64Array,
): void {
  for (let j = 0; j < out.length; j++) {
    const b0 = bStart + j * columns;
    let sum = 0;
    for (let c = 0; c < columns; c++) sum += Math.abs(a[aStart + c] - b[b0 + c]);
    out[j] = -sum;
  }
}
