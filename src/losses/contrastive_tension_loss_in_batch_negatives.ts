/**
 * Contrastive tension with all texts of a batch.
 *
 * @module
 */
import { z } from "zod";
import type { Parameter, ParameterStore } from "../gpu/parameter_slab.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { expScale } from "../ops/exp_scale.ts";
import { l2Normalize } from "../ops/l2_normalize.ts";
import { similarityCrossEntropy } from "../ops/similarity_cross_entropy.ts";
import type { Tape } from "../ops/tape.ts";
import { weightedSum } from "../ops/weighted_sum.ts";
import { cannotTrain } from "./cannot_train.ts";
import type { EmbeddedBatch, Loss, LossWants } from "./loss.ts";
import { lossOptions } from "./loss_options.ts";

/** Options of {@linkcode ContrastiveTensionLossInBatchNegatives}. */
export interface ContrastiveTensionLossInBatchNegativesOptions {
  /** Factor of the similarities at the beginning of training. Default: 20. */
  scale?: number;
  /** How embeddings are compared. Default: `"cos_sim"`. */
  similarity_fct?: "cos_sim" | "dot_score";
}

const TYPES = {
  scale: z.number().positive().default(20),
  similarity_fct: z.enum(["cos_sim", "dot_score"]).default("cos_sim"),
};

/**
 * Trains a model and a copy of it to recognise each other's embedding of a text among those of all texts of
 * a batch: the mean of both cross entropies over scaled similarities. The scale is trained with them.
 *
 * Requirements: texts; no two of a batch should be the same.
 *
 * Inputs:
 *
 * | Texts | Labels |
 * | --- | --- |
 * | text | none |
 *
 * Recommendations: large batches. With `dot_score`, begin with a scale of 1. The logarithm of the scale,
 * "logit_scale", is only needed to train on.
 *
 * Relations: `ContrastiveTensionLoss` compares given pairs alone and learns less of each batch.
 *
 * ```ts ignore
 * const loss = new ContrastiveTensionLossInBatchNegatives({ scale: 20 });
 * ```
 *
 * Source: Carlsson et al., "Semantic Re-tuning with Contrastive Tension", 2021; upstream's
 * losses/contrastive_tension.py.
 */
export class ContrastiveTensionLossInBatchNegatives implements Loss {
  /** Its name as sentence-transformers has it. */
  readonly name = "ContrastiveTensionLossInBatchNegatives";
  /** Its options. */
  readonly config: Required<ContrastiveTensionLossInBatchNegativesOptions>;
  /** True: the texts of the batch are classes. */
  readonly smoothsLabels = true;
  /** The copy of the model. */
  readonly wants: LossWants = { twin: true };
  /** The paper in BibTeX. */
  readonly citation: string = `@inproceedings{carlsson2021semantic,
    title={Semantic Re-tuning with Contrastive Tension},
    author={Fredrik Carlsson and Amaru Cuba Gyllensten and Evangelia Gogoulou and Erik Ylip{\\"a}{\\"a} Hellqvist and Magnus Sahlgren},
    booktitle={International Conference on Learning Representations},
    year={2021}
}`;
  #logScale: Parameter | null = null;

  /**
   * A loss with the given options.
   *
   * @param options Scale and similarity.
   * @throws {UsageError} If an option has no sense.
   */
  constructor(options: ContrastiveTensionLossInBatchNegativesOptions = {}) {
    this.config = lossOptions(this.name, TYPES, options);
  }

  /** Wants one text column; labels are not looked at. */
  checkColumns(columns: readonly string[]): void {
    if (columns.length !== 1) throw cannotTrain(this.name, columns, "one");
  }

  /** Declares the logarithm of the scale. */
  declare(store: ParameterStore): void {
    this.#logScale = store.declare({
      parts: [{ name: "logit_scale", shape: [] }],
      shape: [],
      decay: true,
      initialize: () => Float32Array.of(Math.log(this.config.scale)),
    });
  }

  /** Text i as the copy embeds it belongs to text i as the model does. */
  forward(tape: Tape, { embeddings, twin, labelSmoothing }: EmbeddedBatch): Tensor {
    const logScale = this.#logScale;
    if (twin === undefined || logScale === null) {
      throw new TypeError(
        `Cannot run ${this.name}: wanted embeddings by the copy of the model, and its scale declared before`,
      );
    }
    const compared = (x: Tensor) =>
      this.config.similarity_fct === "cos_sim" ? l2Normalize(tape, x) : x;
    const a = expScale(tape, { x: compared(twin), logScale: logScale.value });
    const b = compared(embeddings);
    const losses = [[a, b], [b, a]].map(([anchors, candidates]) =>
      similarityCrossEntropy(tape, { anchors, candidates, scale: 1, labelSmoothing })
    );
    return weightedSum(tape, losses, [0.5, 0.5]);
  }
}
