/**
 * How similar queries are to documents of their own.
 *
 * @module
 */
import source from "../../shaders/document_scores.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { foldWorkgroups } from "../gpu/recorder.ts";
import { checkShape, quadsOf, type Tensor } from "../gpu/tensor.ts";
import { RowKernel } from "./row_kernel.ts";
import type { Tape } from "./tape.ts";

/** How two vectors are compared: by product, or by the negative of a distance. */
export type ScoreMeasure = "dot" | "euclidean" | "manhattan";

const MEASURES: readonly ScoreMeasure[] = ["dot", "euclidean", "manhattan"];

const KERNELS = new Map(MEASURES.map((measure, i) => {
  const init = { name: "document_scores", source, constants: { MEASURE: i } };
  return [measure, {
    forward: new RowKernel({ ...init, entryPoint: "forward" }),
    toDocuments: new Kernel({ ...init, entryPoint: "backward_documents" }),
    toQueries: new Kernel({ ...init, entryPoint: "backward_queries" }),
  }];
}));

/** Arguments of {@linkcode documentScores}. */
export interface DocumentScoresInputs {
  /** [B, C], C a multiple of 4. */
  queries: Tensor;
  /** [n B, C]: the first documents of all queries, then the second ones, and so on. */
  documents: Tensor;
  /** How to compare. Cosines are products of rows of unit length. */
  measure: ScoreMeasure;
  /** Threads that share a score. Default: as the adapter likes it. */
  lanes?: number;
}

/**
 * scores_ij = q_i . d, -|q_i - d|_2 or -|q_i - d|_1, where d is document j of query i.
 *
 * Saves both operands and the scores. A distance of 0 has gradient 0. Source: `pairwise_dot_score`,
 * `pairwise_euclidean_sim` and `pairwise_manhattan_sim` of sentence-transformers.
 *
 * @param tape Runs and records the op.
 * @param inputs Queries and documents.
 * @returns The scores, [B, n].
 * @throws {TypeError} If there is not the same number of documents for every query, or lengths differ.
 */
export function documentScores(tape: Tape, inputs: DocumentScoresInputs): Tensor {
  const { gpu } = tape;
  const { queries, documents, measure, lanes } = inputs;
  const batch = queries.rows;
  const width = quadsOf("documentScores", queries);
  const count = Math.max(1, Math.floor(documents.rows / batch));
  checkShape("documentScores", "documents", documents, [count * batch, queries.columns]);
  const { forward, toDocuments, toQueries } = KERNELS.get(measure)!;
  const params = { batch, count, width, accumulate: 0 };
  const scores = tape.empty([batch, count], "scores");
  forward.dispatch(gpu, {
    tensors: { queries, documents, scores },
    params,
    rows: batch * count,
    lanes,
  });
  tape.record(scores, [queries, documents], [queries, documents, scores], (dScores) => {
    for (const [operand, kernel] of [[queries, toQueries], [documents, toDocuments]] as const) {
      const slot = tape.slot(operand);
      if (slot === null) continue;
      gpu.recorder.dispatch(kernel, {
        tensors: { queries, documents, saved: scores, d_scores: dScores, result: slot.gradient },
        params: { ...params, accumulate: slot.accumulate ? 1 : 0 },
        workgroups: foldWorkgroups(Math.ceil(operand.size / 256)),
      });
    }
  });
  return scores;
}
