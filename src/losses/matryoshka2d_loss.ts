/**
 * Models of which layers may be left out, and whose embeddings may be cut.
 *
 * @module
 */
import { z } from "zod";
import type { LabelFacts } from "../data/label_facts.ts";
import type { ParameterStore } from "../gpu/parameter_slab.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Tape } from "../ops/tape.ts";
import { AdaptiveLayerLoss, type AdaptiveLayerLossOptions } from "./adaptive_layer_loss.ts";
import type { EmbeddedBatch, Loss, LossComponents, LossSetting, LossWants } from "./loss.ts";
import { lossOptions } from "./loss_options.ts";
import { MatryoshkaLoss, type MatryoshkaLossOptions } from "./matryoshka_loss.ts";

/** Options of {@linkcode Matryoshka2dLoss}; one length is drawn for a layer by default. */
export interface Matryoshka2dLossOptions extends AdaptiveLayerLossOptions, MatryoshkaLossOptions {}

const NAMES: readonly (keyof Matryoshka2dLossOptions)[] = [
  "loss",
  "matryoshka_dims",
  "matryoshka_weights",
  "n_layers_per_step",
  "n_dims_per_step",
  "last_layer_weight",
  "prior_layers_weight",
  "kl_div_weight",
  "kl_temperature",
  "layer_weighting",
];

/** The modifiers check the values. */
const TYPES = Object.fromEntries(NAMES.map((name) => [name, z.unknown().optional()]));

/**
 * Makes models that do well with fewer layers, shorter embeddings, and both: `AdaptiveLayerLoss` over
 * `MatryoshkaLoss` over another loss. In every step it takes by default one layer before the last, and after
 * each of both one length.
 *
 * Requirements: those of both modifiers.
 *
 * Inputs:
 *
 * | Texts | Labels |
 * | --- | --- |
 * | as the other loss | as the other loss |
 *
 * Recommendations: -1 for `n_layers_per_step` and `n_dims_per_step` trains all of them, for more time.
 *
 * Relations: `AdaptiveLayerLoss` for layers alone, `MatryoshkaLoss` for lengths alone. The divergence from
 * the last layer is that of whole embeddings.
 *
 * ```ts ignore
 * const loss = new Matryoshka2dLoss({
 *   loss: new MultipleNegativesRankingLoss(),
 *   matryoshka_dims: [384, 256, 128, 64],
 * });
 * ```
 *
 * Source: Li et al., "2D Matryoshka Sentence Embeddings", 2024; upstream's losses/matryoshka_2d.py.
 */
export class Matryoshka2dLoss implements Loss {
  /** Its name as sentence-transformers has it. */
  readonly name = "Matryoshka2dLoss";
  /** The options of both modifiers, the other loss by name and options. */
  readonly config: AdaptiveLayerLoss["config"] & MatryoshkaLoss["config"];
  /** The papers in BibTeX, the other loss's too. */
  readonly citation: string;
  readonly #layers: AdaptiveLayerLoss;

  /**
   * A loss with the given options.
   *
   * @param options The other loss, and those of both modifiers.
   * @throws {UsageError} If an option has no sense.
   */
  constructor(options: Matryoshka2dLossOptions) {
    lossOptions(this.name, TYPES, options);
    const {
      loss,
      matryoshka_dims,
      matryoshka_weights,
      n_dims_per_step = 1,
      ...adaptive
    } = options;
    const lengths = new MatryoshkaLoss({
      loss,
      matryoshka_dims,
      matryoshka_weights,
      n_dims_per_step,
    });
    this.#layers = new AdaptiveLayerLoss({ ...adaptive, loss: lengths });
    this.config = { ...this.#layers.config, ...lengths.config };
    this.citation = this.#layers.citation;
  }

  /** Whether the other loss does. */
  get smoothsLabels(): boolean {
    return this.#layers.smoothsLabels;
  }

  /** Those of the other loss, and "kl_div" beside them. */
  get components(): readonly string[] | undefined {
    return this.#layers.components;
  }

  /** The embeddings after each layer, and what the other loss asks for. */
  get wants(): LossWants {
    return this.#layers.wants;
  }

  /** Wants what the other loss wants. */
  checkColumns(columns: readonly string[], labels: LabelFacts | null): void {
    this.#layers.checkColumns(columns, labels);
  }

  /** Checks the lengths and lets the other loss declare its parameters. */
  declare(store: ParameterStore, setting: LossSetting): void {
    this.#layers.declare(store, setting);
  }

  /** Takes the other loss at the layers and lengths that are drawn. */
  forward(tape: Tape, batch: EmbeddedBatch): Tensor | LossComponents {
    return this.#layers.forward(tape, batch);
  }
}
