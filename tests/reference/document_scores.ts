/**
 * Scores of queries and documents of their own in float64, forward and backward.
 *
 * @module
 */

/** B queries of C columns with the same number of documents each. */
export interface DocumentScoresInput {
  /** [B, C] */
  queries: Float64Array;
  /** [n B, C], the first documents of all queries first. */
  documents: Float64Array;
  B: number;
  C: number;
  measure: "dot" | "euclidean" | "manhattan";
}

/** scores[B, n]: q . d, -|q - d| or -sum |q - d|. */
export function documentScores(input: DocumentScoresInput): Float64Array {
  const { C, measure } = input;
  const scores = new Float64Array(input.documents.length / C);
  eachScore(input, (at, q, d) => {
    if (measure === "dot") scores[at] = q.reduce((sum, value, c) => sum + value * d[c], 0);
    else if (measure === "euclidean") scores[at] = -distance(q, d);
    else scores[at] = -q.reduce((sum, value, c) => sum + Math.abs(value - d[c]), 0);
  });
  return scores;
}

/** The gradients of both operands. */
export function documentScoresBackward(
  input: DocumentScoresInput,
  dScores: Float64Array,
): { dQueries: Float64Array; dDocuments: Float64Array } {
  const { C, measure } = input;
  const dQueries = new Float64Array(input.queries.length);
  const dDocuments = new Float64Array(input.documents.length);
  eachScore(input, (at, q, d, query, document) => {
    const length = distance(q, d);
    for (let c = 0; c < C; c++) {
      const difference = q[c] - d[c];
      let [toQuery, toDocument] = [d[c], q[c]];
      if (measure === "euclidean") toDocument = length === 0 ? 0 : difference / length;
      if (measure === "manhattan") toDocument = Math.sign(difference);
      if (measure !== "dot") toQuery = -toDocument;
      dQueries[query * C + c] += toQuery * dScores[at];
      dDocuments[document * C + c] += toDocument * dScores[at];
    }
  });
  return { dQueries, dDocuments };
}

function distance(q: Float64Array, d: Float64Array): number {
  return Math.sqrt(q.reduce((sum, value, c) => sum + (value - d[c]) ** 2, 0));
}

function eachScore(
  { queries, documents, B, C }: DocumentScoresInput,
  use: (at: number, q: Float64Array, d: Float64Array, query: number, document: number) => void,
): void {
  const n = documents.length / queries.length;
  for (let i = 0; i < B; i++) {
    for (let j = 0; j < n; j++) {
      const row = j * B + i;
      const q = queries.subarray(i * C, (i + 1) * C);
      use(i * n + j, q, documents.subarray(row * C, (row + 1) * C), i, row);
    }
  }
}
