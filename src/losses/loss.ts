/**
 * What every loss is: embeddings and labels in, a scalar out. A loss never holds a model.
 *
 * @module
 */
import type { ColumnRange } from "../data/collator.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Tape } from "../ops/tape.ts";

/** An embedded batch. */
export interface EmbeddedBatch {
  /** The embeddings of all columns, one column after the other: [S, C]. */
  embeddings: Tensor;
  /** Which rows belong to which column. */
  columns: readonly ColumnRange[];
  /** One number a row of the batch, or several; null without labels. */
  labels: Tensor | null;
  /** The share of a target that all classes get alike, in [0, 1]; see `smoothsLabels`. Default: 0. */
  labelSmoothing?: number;
}

/** A training objective. */
export interface Loss {
  /** Its name as sentence-transformers has it. */
  readonly name: string;
  /** Its options, for the model card. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The paper in BibTeX, or null. */
  readonly citation: string | null;
  /** Whether it has classes to smooth; otherwise `labelSmoothing` must stay 0. */
  readonly smoothsLabels: boolean;
  /**
   * Checks a dataset before training starts.
   *
   * @param columns Names of the text columns, in order.
   * @param labelled Whether the rows have labels.
   * @throws {UsageError} If the loss cannot use it.
   */
  checkColumns(columns: readonly string[], labelled: boolean): void;
  /**
   * Computes the loss of a batch.
   *
   * @param tape Runs and records.
   * @param batch The embeddings.
   * @returns A scalar.
   */
  forward(tape: Tape, batch: EmbeddedBatch): Tensor;
}
