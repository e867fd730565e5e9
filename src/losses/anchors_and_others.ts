/**
 * The first column of a batch and all others, under the names of ops that compare rows.
 *
 * @module
 */
import type { Tensor } from "../gpu/tensor.ts";
import type { Tape } from "../ops/tape.ts";
import type { EmbeddedBatch } from "./loss.ts";
import { splitAnchors } from "./rank_in_batch.ts";

/**
 * Parts the embeddings of a batch.
 *
 * @param tape Runs and records.
 * @param batch The batch, of two columns or more.
 * @returns `a`, the B rows of the first column, and `b`, the rows of all others, of which rows r, r + B, ...
 *   belong to row r of the first.
 */
export function anchorsAndOthers(
  tape: Tape,
  { embeddings, columns: [{ count }] }: EmbeddedBatch,
): { a: Tensor; b: Tensor } {
  const { anchors: a, candidates: b } = splitAnchors(tape, embeddings, count);
  return { a, b };
}
