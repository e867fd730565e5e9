/**
 * One layer of a transformer encoder as ModernBERT has it: each branch is normalised before it, positions
 * are rotations, and the feed-forward part has a gate.
 *
 * @module
 */
import type { ParameterStore } from "../gpu/parameter_slab.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { add } from "../ops/add.ts";
import { attention } from "../ops/attention.ts";
import { dropout } from "../ops/dropout.ts";
import { gatedActivation } from "../ops/gated_activation.ts";
import type { HiddenActivation } from "../ops/hidden_activation.ts";
import { rotary } from "../ops/rotary.ts";
import type { Tape } from "../ops/tape.ts";
import type { Initializer } from "./initialize.ts";
import { LayerNorm } from "./layer_norm.ts";
import { Linear } from "./linear.ts";
import type { PackedInput } from "./packed_input.ts";

/** Sizes, probabilities and initial values of a {@linkcode PreNormLayer}. */
export interface PreNormLayerConfig {
  /** Columns of a token vector, C. */
  readonly width: number;
  /** Heads, H. */
  readonly heads: number;
  /** Columns between the two feed-forward layers, behind the gate, F. */
  readonly intermediateWidth: number;
  /** Added to variances. */
  readonly epsilon: number;
  /** Activation of what the gate multiplies. */
  readonly activation: HiddenActivation;
  /** Whether the attention's input is normalised. */
  readonly attentionNorm: boolean;
  /** The largest distance of two tokens that see each other; undefined for all. */
  readonly window: number | undefined;
  /** Whether norms shift columns. */
  readonly normBias: boolean;
  /** Whether the attention's linear layers have a bias. */
  readonly attentionBias: boolean;
  /** Whether the feed-forward layers have a bias. */
  readonly mlpBias: boolean;
  /** Probability of dropping an attention weight, and an element of the attention's branch. */
  readonly attentionDropout: number;
  /** Probability of dropping an element between the feed-forward layers. */
  readonly mlpDropout: number;
  /** Initial values of the layers that begin a branch. */
  readonly initializeIn: Initializer;
  /** Initial values of the layers that end a branch. */
  readonly initializeOut: Initializer;
}

/** Attention, then a gated feed-forward part, each added to what it was computed from. */
export class PreNormLayer {
  readonly #config: PreNormLayerConfig;
  readonly #attentionNorm: LayerNorm | null;
  readonly #qkv: Linear;
  readonly #attentionOutput: Linear;
  readonly #mlpNorm: LayerNorm;
  readonly #mlpIn: Linear;
  readonly #mlpOut: Linear;

  /**
   * Declares the parameters, under ModernBERT's names.
   *
   * @param store Where they live.
   * @param prefix Name of the layer in files, with a dot at its end.
   * @param config Sizes, probabilities and initial values.
   */
  constructor(store: ParameterStore, prefix: string, config: PreNormLayerConfig) {
    const { width, intermediateWidth, epsilon, normBias, attentionBias, mlpBias } = config;
    const { initializeIn, initializeOut } = config;
    const norm = (name: string) => new LayerNorm(store, prefix + name, width, epsilon, normBias);
    const dense = (name: string, width: number, columns: number, bias: boolean) =>
      new Linear(store, {
        names: [prefix + name],
        width,
        columns,
        bias,
        initialize: name.endsWith("Wo") ? initializeOut : initializeIn,
      });
    this.#config = config;
    this.#attentionNorm = config.attentionNorm ? norm("attn_norm") : null;
    this.#qkv = dense("attn.Wqkv", width, 3 * width, attentionBias);
    this.#attentionOutput = dense("attn.Wo", width, width, attentionBias);
    this.#mlpNorm = norm("mlp_norm");
    this.#mlpIn = dense("mlp.Wi", width, 2 * intermediateWidth, mlpBias);
    this.#mlpOut = dense("mlp.Wo", intermediateWidth, width, mlpBias);
  }

  /**
   * Runs the layer.
   *
   * @param tape Runs and records.
   * @param x Token vectors, [T, C].
   * @param input Where the sequences lie, and the turns of their positions.
   * @returns Token vectors, [T, C].
   */
  forward(tape: Tape, x: Tensor, input: { packed: PackedInput; turns: Tensor }): Tensor {
    return tape.scope(() => this.#feedForward(tape, this.#attend(tape, x, input)));
  }

  #attend(
    tape: Tape,
    x: Tensor,
    { packed, turns }: { packed: PackedInput; turns: Tensor },
  ): Tensor {
    const { heads, window, attentionDropout } = this.#config;
    return tape.scope(() => {
      const branch = tape.scope(() => {
        const context = tape.scope(() => {
          const qkv = tape.scope(() => {
            const unturned = tape.scope(() =>
              this.#qkv.forward(tape, this.#attentionNorm?.forward(tape, x) ?? x)
            );
            return rotary(tape, { qkv: unturned, positions: packed.positions.ids, turns, heads });
          });
          const layout = packed.attention;
          return attention(tape, { qkv, layout, heads, window, dropout: attentionDropout });
        });
        return dropout(tape, this.#attentionOutput.forward(tape, context), attentionDropout);
      });
      return add(tape, x, branch);
    });
  }

  #feedForward(tape: Tape, x: Tensor): Tensor {
    const { activation, mlpDropout } = this.#config;
    return tape.scope(() => {
      const branch = tape.scope(() => {
        const inner = tape.scope(() => {
          const gated = tape.scope(() => {
            const both = this.#mlpIn.forward(tape, this.#mlpNorm.forward(tape, x));
            return gatedActivation(tape, both, activation);
          });
          return dropout(tape, gated, mlpDropout);
        });
        return this.#mlpOut.forward(tape, inner);
      });
      return add(tape, x, branch);
    });
  }
}
