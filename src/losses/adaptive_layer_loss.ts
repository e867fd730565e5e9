/**
 * Models whose last layers may be left out.
 *
 * @module
 */
import { z } from "zod";
import type { LabelFacts } from "../data/label_facts.ts";
import { UsageError } from "../errors.ts";
import type { ParameterStore } from "../gpu/parameter_slab.ts";
import { Tensor } from "../gpu/tensor.ts";
import { klDivergence } from "../ops/kl_divergence.ts";
import { scaledSum } from "../ops/scaled_sum.ts";
import type { Tape } from "../ops/tape.ts";
import { weightedSum } from "../ops/weighted_sum.ts";
import { addLosses } from "./add_losses.ts";
import { drawIndices } from "./draw_indices.ts";
import { isLoss } from "./inner_loss.ts";
import type { EmbeddedBatch, Loss, LossComponents, LossSetting, LossWants } from "./loss.ts";
import { lossOptions } from "./loss_options.ts";

/** How the losses of earlier layers are weighed by depth. */
export type LayerWeighting = "uniform" | "log" | "linear";

/** Options of {@linkcode AdaptiveLayerLoss}. */
export interface AdaptiveLayerLossOptions {
  /** The loss that is taken after every layer. */
  loss: Loss;
  /** How many layers before the last are drawn for a step; -1 takes all. Default: 1. */
  n_layers_per_step?: number;
  /** Factor of the loss after the last layer. Default: 1. */
  last_layer_weight?: number;
  /** Factor of the mean loss after earlier layers. Default: 1. */
  prior_layers_weight?: number;
  /** Factor of the divergence of each earlier layer from the last. Default: 1. */
  kl_div_weight?: number;
  /** Temperature of the divergence; 0 leaves it out. Default: 0.3. */
  kl_temperature?: number;
  /** How layer i, from 1 on, is weighed: 1, 1 / (1 + ln(1 + i)) or 1 / (1 + i). Default: `"uniform"`. */
  layer_weighting?: LayerWeighting;
}

const TYPES = {
  loss: z.custom<Loss>(isLoss, "wanted a loss"),
  n_layers_per_step: z.int().min(-1).default(1),
  last_layer_weight: z.number().default(1),
  prior_layers_weight: z.number().default(1),
  kl_div_weight: z.number().default(1),
  kl_temperature: z.number().nonnegative().default(0.3),
  layer_weighting: z.enum(["uniform", "log", "linear"]).default("uniform"),
};

/**
 * Makes models whose embeddings are good after earlier layers too: another loss after the last layer, its
 * mean after others that are drawn for the step, and the divergence of each of those from the last layer:
 * that of the softmax of embeddings over a temperature, which trains the earlier layer alone.
 *
 * Requirements: the other loss embeds no batch in parts; losses whose names begin with "Cached" do.
 *
 * Inputs:
 *
 * | Texts | Labels |
 * | --- | --- |
 * | as the other loss | as the other loss |
 *
 * Recommendations: -1 for `n_layers_per_step` trains all layers in every step, for more time. Out of
 * training all layers are measured, weighed as they are drawn on average. Upstream may also draw what goes
 * into the first layer; here it is none.
 *
 * Relations: `MatryoshkaLoss` leaves out numbers in place of layers, `Matryoshka2dLoss` both. If the other
 * loss has components, the divergence is another one, "kl_div".
 *
 * ```ts ignore
 * const loss = new AdaptiveLayerLoss({ loss: new MultipleNegativesRankingLoss() });
 * ```
 *
 * Source: Li et al., "2D Matryoshka Sentence Embeddings", 2024; upstream's losses/adaptive_layer.py, as of
 * version 5.7.
 */
export class AdaptiveLayerLoss implements Loss {
  /** Its name as sentence-transformers has it. */
  readonly name = "AdaptiveLayerLoss";
  /** Its options, the other loss by name and options. */
  readonly config: Readonly<
    Required<Omit<AdaptiveLayerLossOptions, "loss">> & {
      /** The other loss. */
      loss: { name: string; options: Readonly<Record<string, unknown>> };
    }
  >;
  /** The papers in BibTeX, the other loss's too. */
  readonly citation: string;
  readonly #loss: Loss;

  /**
   * A loss with the given options.
   *
   * @param options The other loss and weights.
   * @throws {UsageError} If an option has no sense, or the other loss embeds batches in parts.
   */
  constructor(options: AdaptiveLayerLossOptions) {
    const { loss, ...config } = lossOptions(this.name, TYPES, options);
    if (loss.wants?.cache !== undefined) {
      throw new UsageError(
        `Cannot set up ${this.name}: ${this.name} is not compatible with ${loss.name}, which embeds a batch in parts and keeps no layers; take the loss of that name without "Cached"`,
      );
    }
    this.config = { loss: { name: loss.name, options: loss.config }, ...config };
    this.#loss = loss;
    this.citation = [CITATION, loss.citation].filter((text) => text !== null).join("\n\n");
  }

  /** Whether the other loss does. */
  get smoothsLabels(): boolean {
    return this.#loss.smoothsLabels;
  }

  /** Those of the other loss, and "kl_div" beside them. */
  get components(): readonly string[] | undefined {
    const { components } = this.#loss;
    return components && this.#hasDivergence ? [...components, "kl_div"] : components;
  }

  /** The embeddings after each layer, and what the other loss asks for. */
  get wants(): LossWants {
    return { ...this.#loss.wants, layers: true };
  }

  get #hasDivergence(): boolean {
    return this.config.kl_temperature > 0 && this.config.kl_div_weight !== 0;
  }

  /** Wants what the other loss wants. */
  checkColumns(columns: readonly string[], labels: LabelFacts | null): void {
    this.#loss.checkColumns(columns, labels);
  }

  /** Lets the other loss declare its parameters. */
  declare(store: ParameterStore, setting: LossSetting): void {
    this.#loss.declare?.(store, setting);
  }

  /** Takes the other loss after the last layer and after those that are drawn. */
  forward(tape: Tape, batch: EmbeddedBatch): Tensor | LossComponents {
    const { embeddings, layers } = batch;
    if (layers === undefined || layers.length === 0) {
      throw new TypeError(`Cannot run ${this.name}: wanted the embeddings after each layer`);
    }
    const { n_layers_per_step, last_layer_weight, prior_layers_weight } = this.config;
    const { indices, factor } = drawIndices(tape, layers.length - 1, n_layers_per_step);
    const parts = [
      this.#loss.forward(tape, batch),
      ...indices.map((i) => this.#loss.forward(tape, { ...batch, embeddings: layers[i] })),
    ];
    const weights = [
      last_layer_weight,
      ...indices.map((i) => prior_layers_weight * this.#depthWeight(i) / indices.length),
    ];
    const sum = addLosses(tape, parts, weights);
    if (!this.#hasDivergence) return sum;
    const divergence = this.#divergence(tape, embeddings, indices.map((i) => layers[i]));
    if (sum instanceof Tensor) return weightedSum(tape, [sum, divergence], [1, factor]);
    return { ...sum, kl_div: weightedSum(tape, [divergence], [factor]) };
  }

  /** Of `layers[index]`. Upstream counts layers as here, and as 0 what goes into the first one. */
  #depthWeight(index: number): number {
    const { layer_weighting } = this.config;
    const layer = index + 1;
    if (layer_weighting === "log") return 1 / (1 + Math.log(1 + layer));
    return layer_weighting === "linear" ? 1 / (1 + layer) : 1;
  }

  /** The weighted divergences of layers from the last, which learns nothing of them. */
  #divergence(tape: Tape, teacher: Tensor, layers: readonly Tensor[]): Tensor {
    if (layers.length === 0) return tape.upload([], new Float32Array(1), "no divergence");
    const { kl_temperature, kl_div_weight } = this.config;
    const temperatures = { studentTemperature: kl_temperature, teacherTemperature: kl_temperature };
    const means = layers.map((student) => {
      const terms = klDivergence(tape, { student, teacher, ...temperatures });
      return scaledSum(tape, terms, 1 / terms.size);
    });
    return weightedSum(tape, means, means.map(() => kl_temperature * kl_div_weight));
  }
}

const CITATION = `@misc{li20242d,
    title={2D Matryoshka Sentence Embeddings},
    author={Xianming Li and Zongxi Li and Jing Li and Haoran Xie and Qing Li},
    year={2024},
    eprint={2402.14776},
    archivePrefix={arXiv},
    primaryClass={cs.CL}
}`;
