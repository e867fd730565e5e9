/**
 * One layer of a transformer encoder as BERT has it: each residual sum is normalised after it.
 *
 * @module
 */
import type { ParameterStore } from "../gpu/parameter_slab.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { attention } from "../ops/attention.ts";
import type { AttentionBias } from "../ops/attention_bias.ts";
import { type HiddenActivation, hiddenActivation } from "../ops/hidden_activation.ts";
import type { Tape } from "../ops/tape.ts";
import type { Initializer } from "./initialize.ts";
import { LayerNorm } from "./layer_norm.ts";
import { Linear } from "./linear.ts";
import type { PackedInput } from "./packed_input.ts";

/** Names in files, relative to the layer's own. */
export interface TransformerLayerNames {
  /** Query, key and value projections. */
  readonly projections: readonly [string, string, string];
  /** Output projection of the attention. */
  readonly attentionOutput: string;
  /** Normalisation after the attention. */
  readonly attentionNorm: string;
  /** First linear layer of the feed-forward part. */
  readonly intermediate: string;
  /** Second linear layer of the feed-forward part. */
  readonly output: string;
  /** Normalisation after the feed-forward part. */
  readonly outputNorm: string;
}

/** Sizes and probabilities of a {@linkcode TransformerLayer}. */
export interface TransformerLayerConfig {
  /** Columns of a token vector, C. */
  readonly width: number;
  /** Heads, H. */
  readonly heads: number;
  /** Columns between the two feed-forward layers, F. */
  readonly intermediateWidth: number;
  /** Added to variances. */
  readonly epsilon: number;
  /** Activation between the feed-forward layers. Default: "gelu". */
  readonly activation?: HiddenActivation;
  /** Probability of dropping an element of a branch before its residual sum. */
  readonly hiddenDropout: number;
  /** The same for the attention's branch alone. Default: `hiddenDropout`. */
  readonly attentionOutputDropout?: number;
  /** Probability of dropping an attention weight. */
  readonly attentionDropout: number;
}

/** Attention, then a feed-forward part, each with a residual sum. */
export class TransformerLayer {
  /** Sizes and probabilities. */
  readonly config: TransformerLayerConfig;
  readonly #qkv: Linear;
  readonly #attentionOutput: Linear;
  readonly #attentionNorm: LayerNorm;
  readonly #intermediate: Linear;
  readonly #output: Linear;
  readonly #outputNorm: LayerNorm;

  /**
   * Declares the parameters.
   *
   * @param store Where they live.
   * @param prefix Name of the layer in files, with a dot at its end.
   * @param names Names of its parts.
   * @param config Sizes and probabilities.
   * @param initialize Initial values of weights.
   */
  constructor(
    store: ParameterStore,
    prefix: string,
    names: TransformerLayerNames,
    config: TransformerLayerConfig,
    initialize: Initializer,
  ) {
    const { width, intermediateWidth, epsilon } = config;
    const dense = (names: readonly string[], width: number, columns: number) =>
      new Linear(store, { names: names.map((name) => prefix + name), width, columns, initialize });
    this.config = config;
    this.#qkv = dense(names.projections, width, width);
    this.#attentionOutput = dense([names.attentionOutput], width, width);
    this.#attentionNorm = new LayerNorm(store, prefix + names.attentionNorm, width, epsilon);
    this.#intermediate = dense([names.intermediate], width, intermediateWidth);
    this.#output = dense([names.output], intermediateWidth, width);
    this.#outputNorm = new LayerNorm(store, prefix + names.outputNorm, width, epsilon);
  }

  /**
   * Runs the layer.
   *
   * @param tape Runs and records.
   * @param x Token vectors, [T, C].
   * @param input Where the sequences lie.
   * @param bias What attention adds to its scores. Default: nothing.
   * @returns Token vectors, [T, C].
   */
  forward(tape: Tape, x: Tensor, input: PackedInput, bias?: AttentionBias): Tensor {
    return tape.scope(() => this.#feedForward(tape, this.#attend(tape, x, { input, bias })));
  }

  /**
   * Runs the layer as one of a decoder.
   *
   * @param tape Runs and records.
   * @param x Token vectors, [T, C].
   * @param options Where the sequences lie, and what comes between attention and feed-forward part.
   * @returns Token vectors, [T, C].
   */
  decode(
    tape: Tape,
    x: Tensor,
    { input, cross }: { input: PackedInput; cross: (x: Tensor) => Tensor },
  ): Tensor {
    return tape.scope(() => {
      const attended = this.#attend(tape, x, { input, causal: true });
      return this.#feedForward(tape, cross(attended));
    });
  }

  #attend(
    tape: Tape,
    x: Tensor,
    { input, bias, causal }: { input: PackedInput; bias?: AttentionBias; causal?: boolean },
  ): Tensor {
    const { heads, hiddenDropout, attentionOutputDropout, attentionDropout } = this.config;
    return tape.scope(() => {
      const branch = tape.scope(() => {
        const context = tape.scope(() =>
          attention(tape, {
            qkv: this.#qkv.forward(tape, x),
            layout: input.attention,
            heads,
            dropout: attentionDropout,
            bias,
            causal,
          })
        );
        return this.#attentionOutput.forward(tape, context);
      });
      const dropout = attentionOutputDropout ?? hiddenDropout;
      return this.#attentionNorm.join(tape, x, { branch, dropout });
    });
  }

  #feedForward(tape: Tape, x: Tensor): Tensor {
    const { activation, hiddenDropout } = this.config;
    return tape.scope(() => {
      const branch = tape.scope(() => {
        const inner = tape.scope(() =>
          hiddenActivation(tape, this.#intermediate.forward(tape, x), activation)
        );
        return this.#output.forward(tape, inner);
      });
      return this.#outputNorm.join(tape, x, { branch, dropout: hiddenDropout });
    });
  }
}
