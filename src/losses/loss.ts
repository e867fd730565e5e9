/**
 * What every loss is: embeddings and labels in, a scalar out. A loss never holds a model.
 *
 * @module
 */
import type { ColumnRange } from "../data/collator.ts";
import type { LabelFacts } from "../data/label_facts.ts";
import type { ParameterStore } from "../gpu/parameter_slab.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Tape } from "../ops/tape.ts";

/** An embedded batch. */
export interface EmbeddedBatch {
  /** The embeddings of all columns, one column after the other: [S, C]. */
  embeddings: Tensor;
  /** Which rows belong to which column. */
  columns: readonly ColumnRange[];
  /** Labels of the batch's rows one after the other, each of one number or several; null without. */
  labels: Tensor | null;
  /** The share of a target that all classes get alike, in [0, 1]; see `smoothsLabels`. Default: 0. */
  labelSmoothing?: number;
  /** The same texts embedded by another model, [S, G], without gradient; see `wants.guide`. */
  guide?: Tensor;
  /** The same texts embedded by the trained copy of the model, [S, C]; see `wants.twin`. */
  twin?: Tensor;
  /** The embeddings after each layer, the last being `embeddings`; see `wants.layers`. */
  layers?: readonly Tensor[];
  /**
   * The mean cross entropy of the second column's tokens, read out of embeddings of the first, [B, C]; see
   * `wants.reconstruction`.
   */
  reconstruct?: (tape: Tape, embeddings: Tensor) => Tensor;
}

/** Parts of a loss that are logged apart; the loss is their sum. */
export type LossComponents = Readonly<Record<string, Tensor>>;

/** What a loss needs to know of a run to make parameters of its own. */
export interface LossSetting {
  /** Length of an embedding, C. */
  readonly dimension: number;
  /** Seed of initial values. */
  readonly seed: number;
}

/** What a loss asks of the trainer beyond the embeddings of a batch. */
export interface LossWants {
  /** The embeddings of a guide, `EmbeddedBatch.guide`. */
  readonly guide?: boolean;
  /** The embeddings of a copy of the model that is trained beside it, `EmbeddedBatch.twin`. */
  readonly twin?: boolean;
  /** The embeddings after each layer, `EmbeddedBatch.layers`. */
  readonly layers?: boolean;
  /**
   * That the first of two columns be embedded alone, and a decoder read the second out of its embeddings,
   * `EmbeddedBatch.reconstruct`: one of the encoder's parameters, or of a copy that is trained beside it.
   */
  readonly reconstruction?: { readonly tied: boolean };
  /**
   * That the batch be embedded in parts, twice, so that only one part's activations are held at a
   * time: the most texts of a part, or the most tokens.
   */
  readonly cache?: { readonly miniBatchSize: number; readonly miniBatchTokens: number | null };
  /** That it be computed over the batch of all processes where several train together. */
  readonly gather?: boolean;
}

/** A training objective. */
export interface Loss {
  /** Its name as sentence-transformers has it. */
  readonly name: string;
  /** Its options, for the model card and for configurations. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The paper in BibTeX, or null. */
  readonly citation: string | null;
  /** Whether it has classes to smooth; otherwise `labelSmoothing` must stay 0. */
  readonly smoothsLabels: boolean;
  /** Names of the components that `forward` returns. Default: it returns a scalar. */
  readonly components?: readonly string[];
  /** What it asks of the trainer. Default: nothing. */
  readonly wants?: LossWants;
  /**
   * Checks a dataset before training starts.
   *
   * @param columns Names of the text columns, in order.
   * @param labels What is known of the labels; null without labels.
   * @throws {UsageError} If the loss cannot use it.
   */
  checkColumns(columns: readonly string[], labels: LabelFacts | null): void;
  /**
   * Declares parameters of its own, which are trained and saved beside the model's.
   *
   * @param store Where they will live.
   * @param setting What they depend on.
   */
  declare?(store: ParameterStore, setting: LossSetting): void;
  /**
   * Computes the loss of a batch.
   *
   * @param tape Runs and records.
   * @param batch The embeddings.
   * @returns A scalar, or scalars by name whose sum it is.
   */
  forward(tape: Tape, batch: EmbeddedBatch): Tensor | LossComponents;
}
