/**
 * The in-batch ranking loss in float64, pair by pair.
 *
 * @module
 */
import { l2Normalize, l2NormalizeBackward } from "../l2_normalize.ts";
import { dotOf, type Pair, pairSoftmax } from "./pair_softmax.ts";

/** Embeddings, and the options by their upstream names. */
export interface MultipleNegativesRankingInput {
  /** [columns B, C]: anchors, positives, negatives. */
  embeddings: Float64Array;
  B: number;
  C: number;
  scale?: number;
  similarity_fct?: "cos_sim" | "dot_score";
  directions?: readonly string[];
  partition_mode?: "joint" | "per_direction";
  hardness_mode?: string | null;
  hardness_strength?: number;
  /** Embeddings that hardness is measured on. Default: `embeddings`. */
  frozen?: Float64Array;
}

/** The loss, and its gradient with respect to the embeddings. */
export function multipleNegativesRankingLoss(
  input: MultipleNegativesRankingInput,
): { loss: number; gradient: Float64Array } {
  const { embeddings, B, C, scale = 20, similarity_fct = "cos_sim" } = input;
  const { directions = ["query_to_doc"], partition_mode = "joint" } = input;
  const isCosine = similarity_fct === "cos_sim";
  const values = isCosine ? l2Normalize(embeddings, C) : embeddings;
  const frozen = input.frozen ?? embeddings;
  const still = isCosine ? l2Normalize(frozen, C) : frozen;
  const queries = Array.from({ length: B }, (_, i) => i);
  const documents = Array.from({ length: embeddings.length / C - B }, (_, j) => B + j);
  const rows = queries.map((i) => {
    const pairs: Record<string, Pair[]> = {
      query_to_doc: documents.map((j) => ({ x: i, y: j, added: hardness(input, still, i, j) })),
      query_to_query: queries.filter((j) => j !== i).map((j) => ({ x: i, y: j })),
      doc_to_query: queries.map((j) => ({ x: B + i, y: j })),
      doc_to_doc: documents.filter((j) => j % B !== i).map((j) => ({ x: B + i, y: j })),
    };
    const chosen = directions.map((name) => pairs[name]);
    const softmaxes = partition_mode === "joint" ? [chosen.flat()] : chosen;
    return { positive: { x: i, y: B + i }, softmaxes };
  });
  const { loss, gradient } = pairSoftmax({ values, C, scale, rows });
  return { loss, gradient: isCosine ? l2NormalizeBackward(embeddings, gradient, C) : gradient };
}

/** What is added to the score of anchor i and document j, row j of the embeddings. */
function hardness(
  { B, C, hardness_mode = null, hardness_strength = 0 }: MultipleNegativesRankingInput,
  values: Float64Array,
  i: number,
  j: number,
): number {
  const isOwn = j % B === i;
  const isPositive = j === B + i;
  const counts: Record<string, boolean> = {
    in_batch_negatives: !isOwn,
    hard_negatives: isOwn && !isPositive,
    all_negatives: !isPositive,
  };
  if (hardness_mode === null || !counts[hardness_mode]) return 0;
  return hardness_strength * dotOf(values, C, { x: i, y: j });
}
