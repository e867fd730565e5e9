/**
 * A packed batch on the GPU, with what attention and the gradients of embeddings need to know of it.
 *
 * @module
 */
import type { PackedBatch } from "../data/collator.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { type AttentionLayout, uploadAttentionLayout } from "../ops/attention.ts";
import { type IndexedIds, uploadIds } from "../ops/embedding.ts";
import type { Tape } from "../ops/tape.ts";

/** T tokens of S sequences. */
export interface PackedInput {
  /** Token ids. */
  readonly words: IndexedIds;
  /** Positions within the sequences. */
  readonly positions: IndexedIds;
  /** The first token of every sequence, then T: [S + 1]. */
  readonly sequenceStarts: Tensor;
  /** The sequences cut into tiles. */
  readonly attention: AttentionLayout;
  /** Tokens of the longest sequence. */
  readonly longest: number;
}

/**
 * Uploads a batch.
 *
 * @param tape Owns the tensors.
 * @param batch Token ids of S sequences.
 * @returns The tensors.
 */
export function uploadPackedInput(tape: Tape, batch: PackedBatch): PackedInput {
  const attention = uploadAttentionLayout(tape, batch.sequenceStarts);
  return {
    words: uploadIds(tape, batch.ids, "token ids"),
    positions: uploadIds(tape, batch.positions, "positions"),
    sequenceStarts: attention.sequenceStarts,
    attention,
    longest: batch.positions.reduce((most, position) => Math.max(most, position + 1), 0),
  };
}
