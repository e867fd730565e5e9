/**
 * Embeddings that may be cut.
 *
 * @module
 */
import { z } from "zod";
import type { LabelFacts } from "../data/label_facts.ts";
import { UsageError } from "../errors.ts";
import type { ParameterStore } from "../gpu/parameter_slab.ts";
import { Tensor } from "../gpu/tensor.ts";
import { l2Normalize } from "../ops/l2_normalize.ts";
import { sliceColumns } from "../ops/slice_columns.ts";
import type { Tape } from "../ops/tape.ts";
import { addLosses } from "./add_losses.ts";
import { drawIndices } from "./draw_indices.ts";
import { isLoss } from "./inner_loss.ts";
import type { EmbeddedBatch, Loss, LossComponents, LossSetting, LossWants } from "./loss.ts";
import { lossOptions } from "./loss_options.ts";

/** Options of {@linkcode MatryoshkaLoss}. */
export interface MatryoshkaLossOptions {
  /** The loss that is taken at every length. */
  loss: Loss;
  /** Lengths to which embeddings are cut, multiples of 4 up to the embedding's own. */
  matryoshka_dims: readonly number[];
  /** Factor of the loss at each length. Default: null, 1 for all. */
  matryoshka_weights?: readonly number[] | null;
  /** How many lengths are drawn for a step; -1 takes all. Default: -1. */
  n_dims_per_step?: number;
}

const dim = z.int().positive("All dimensions passed to a matryoshka loss must be > 0");
const TYPES = {
  loss: z.custom<Loss>(isLoss, "wanted a loss"),
  matryoshka_dims: z.array(dim.multipleOf(4)).min(
    1,
    "You must provide at least one dimension in matryoshka_dims",
  ),
  matryoshka_weights: z.array(z.number()).nullable().default(null),
  n_dims_per_step: z.int().min(-1).default(-1),
};

/**
 * Makes embeddings whose first numbers do as well as all of them: the sum of another loss over embeddings
 * cut to several lengths, and scaled to unit length again, the longest included.
 *
 * Requirements: lengths are multiples of 4, none above the model's. The other loss has no parameters that
 * depend on the length of embeddings.
 *
 * Inputs:
 *
 * | Texts | Labels |
 * | --- | --- |
 * | as the other loss | as the other loss; vectors as long as the embeddings are cut with them |
 *
 * Recommendations: let the model's own length be one of the lengths, or whole embeddings are not trained.
 * With `n_dims_per_step` a step takes less time. Out of training all lengths are measured, weighed as they
 * are drawn on average.
 *
 * Relations: `AdaptiveLayerLoss` leaves out layers in place of numbers, `Matryoshka2dLoss` both. A copy of
 * the model that a loss asks for is cut as well, a guide is not.
 *
 * ```ts ignore
 * const loss = new MatryoshkaLoss({
 *   loss: new MultipleNegativesRankingLoss(),
 *   matryoshka_dims: [384, 256, 128, 64],
 * });
 * ```
 *
 * Source: Kusupati et al., "Matryoshka Representation Learning", 2022; upstream's losses/matryoshka.py.
 */
export class MatryoshkaLoss implements Loss {
  /** Its name as sentence-transformers has it. */
  readonly name = "MatryoshkaLoss";
  /** Its options, the other loss by name and options, lengths and weights from the longest on. */
  readonly config: Readonly<{
    /** The other loss. */
    loss: { name: string; options: Readonly<Record<string, unknown>> };
    /** Lengths, descending. */
    matryoshka_dims: readonly number[];
    /** Factors in the order of the lengths. */
    matryoshka_weights: readonly number[];
    /** How many lengths are drawn for a step. */
    n_dims_per_step: number;
  }>;
  /** The papers in BibTeX, the other loss's too. */
  readonly citation: string;
  readonly #loss: Loss;

  /**
   * A loss with the given options.
   *
   * @param options The other loss, lengths and weights.
   * @throws {UsageError} If an option has no sense.
   */
  constructor(options: MatryoshkaLossOptions) {
    const { loss, ...given } = lossOptions(this.name, TYPES, options);
    const { matryoshka_dims, matryoshka_weights, n_dims_per_step } = given;
    const weights = matryoshka_weights ?? matryoshka_dims.map(() => 1);
    if (weights.length !== matryoshka_dims.length) {
      throw new UsageError(
        `Cannot set up ${this.name}: matryoshka_weights must be the same length as matryoshka_dims; found ${weights.length} and ${matryoshka_dims.length}`,
      );
    }
    const pairs = matryoshka_dims.map((dim, i) => ({ dim, weight: weights[i] }))
      .sort((a, b) => b.dim - a.dim);
    this.config = {
      loss: { name: loss.name, options: loss.config },
      matryoshka_dims: pairs.map(({ dim }) => dim),
      matryoshka_weights: pairs.map(({ weight }) => weight),
      n_dims_per_step,
    };
    this.#loss = loss;
    this.citation = [CITATION, loss.citation].filter((text) => text !== null).join("\n\n");
  }

  /** Whether the other loss does. */
  get smoothsLabels(): boolean {
    return this.#loss.smoothsLabels;
  }

  /** Those of the other loss. */
  get components(): readonly string[] | undefined {
    return this.#loss.components;
  }

  /** What the other loss asks for. */
  get wants(): LossWants | undefined {
    return this.#loss.wants;
  }

  /** Wants what the other loss wants. */
  checkColumns(columns: readonly string[], labels: LabelFacts | null): void {
    this.#loss.checkColumns(columns, labels);
  }

  /** Checks the lengths and lets the other loss declare its parameters. */
  declare(store: ParameterStore, setting: LossSetting): void {
    this.#checkDimension(setting.dimension);
    this.#loss.declare?.(store, setting);
  }

  /** Takes the other loss at every length, or at those that are drawn. */
  forward(tape: Tape, batch: EmbeddedBatch): Tensor | LossComponents {
    const { matryoshka_dims, matryoshka_weights, n_dims_per_step } = this.config;
    this.#checkDimension(batch.embeddings.columns);
    const { indices, factor } = drawIndices(tape, matryoshka_dims.length, n_dims_per_step);
    const parts = indices.map((i) =>
      this.#loss.forward(tape, cut(tape, batch, matryoshka_dims[i]))
    );
    return addLosses(tape, parts, indices.map((i) => matryoshka_weights[i] * factor));
  }

  #checkDimension(dimension: number): void {
    const [longest] = this.config.matryoshka_dims;
    if (longest <= dimension) return;
    throw new UsageError(
      `Cannot train with ${this.name}: Dimensions in matryoshka_dims cannot exceed the model's embedding dimension of ${dimension}; found ${longest}`,
    );
  }
}

const CITATION = `@misc{kusupati2024matryoshka,
    title={Matryoshka Representation Learning},
    author={Aditya Kusupati and Gantavya Bhatt and Aniket Rege and Matthew Wallingford and Aditya Sinha and Vivek Ramanujan and William Howard-Snyder and Kaifeng Chen and Sham Kakade and Prateek Jain and Ali Farhadi},
    year={2024},
    eprint={2205.13147},
    archivePrefix={arXiv},
    primaryClass={cs.LG}
}`;

/** The batch with embeddings of `count` numbers. */
function cut(tape: Tape, batch: EmbeddedBatch, count: number): EmbeddedBatch {
  const shorten = (x: Tensor) =>
    l2Normalize(tape, count === x.columns ? x : sliceColumns(tape, { x, count }));
  const embeddings = shorten(batch.embeddings);
  return {
    ...batch,
    embeddings,
    labels: cutLabels(tape, batch, count),
    twin: batch.twin && shorten(batch.twin),
    layers: batch.layers?.map((x) => x === batch.embeddings ? embeddings : shorten(x)),
  };
}

/** Labels that are vectors of an embedding's length, one for each row or one for each text, cut too. */
function cutLabels(
  tape: Tape,
  { labels, columns, embeddings }: EmbeddedBatch,
  count: number,
): Tensor | null {
  const C = embeddings.columns;
  if (labels === null || count === C) return labels;
  const width = labels.size / columns[0].count;
  if (width !== C && width !== columns.length * C) return labels;
  const { allocation, byteOffset, label } = labels;
  const vectors = new Tensor({ allocation, byteOffset, label, shape: [labels.size / C, C] });
  const short = sliceColumns(tape, { x: vectors, count });
  return new Tensor({ allocation: short.allocation, label, shape: [short.size] });
}
