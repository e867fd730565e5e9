/**
 * The best rows of a corpus by sorting all of them, in float64.
 *
 * @module
 */

/** How two vectors are compared; larger is more alike. */
export type Score = "cosine" | "dot" | "euclidean" | "manhattan";

/** Two sets of vectors of the same width. */
export interface Vectors {
  /** [Q, C], row-major. */
  queries: Float64Array;
  /** [M, C], row-major. */
  corpus: Float64Array;
  /** Width of a vector, C. */
  columns: number;
}

/** Scores of every query against every row of the corpus, [Q, M]. */
export function allScores({ queries, corpus, columns }: Vectors, score: Score): Float64Array {
  const [Q, M] = [queries.length / columns, corpus.length / columns];
  const scores = new Float64Array(Q * M);
  for (let i = 0; i < Q; i++) {
    for (let j = 0; j < M; j++) {
      let [dot, a, b, squares, sizes] = [0, 0, 0, 0, 0];
      for (let c = 0; c < columns; c++) {
        const [x, y] = [queries[i * columns + c], corpus[j * columns + c]];
        dot += x * y;
        a += x * x;
        b += y * y;
        squares += (x - y) ** 2;
        sizes += Math.abs(x - y);
      }
      scores[i * M + j] = {
        dot,
        cosine: dot / Math.max(Math.sqrt(a), 1e-12) / Math.max(Math.sqrt(b), 1e-12),
        euclidean: -Math.sqrt(squares),
        manhattan: -sizes,
      }[score];
    }
  }
  return scores;
}

/**
 * For each query the k best rows, equal scores by lower row, without NaN; -1 where there are fewer.
 *
 * @returns [Q, k]
 */
export function topK(vectors: Vectors, score: Score, k: number): Int32Array {
  const scores = allScores(vectors, score);
  const M = vectors.corpus.length / vectors.columns;
  const Q = vectors.queries.length / vectors.columns;
  const best = new Int32Array(Q * k).fill(-1);
  for (let i = 0; i < Q; i++) {
    const row = scores.subarray(i * M, (i + 1) * M);
    const order = [...row.keys()].filter((j) => !Number.isNaN(row[j]));
    order.sort((p, q) => row[p] === row[q] ? p - q : row[p] > row[q] ? -1 : 1);
    best.set(order.slice(0, k), i * k);
  }
  return best;
}
