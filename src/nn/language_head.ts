/**
 * Which token comes next.
 *
 * @module
 */
import type { Parameter, ParameterStore } from "../gpu/parameter_slab.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { addBias } from "../ops/add_bias.ts";
import { classCrossEntropy } from "../ops/class_cross_entropy.ts";
import { type HiddenActivation, hiddenActivation } from "../ops/hidden_activation.ts";
import { linear } from "../ops/linear.ts";
import { padRows } from "../ops/pad_rows.ts";
import { scaledSum } from "../ops/scaled_sum.ts";
import { sliceRows } from "../ops/slice_rows.ts";
import type { Tape } from "../ops/tape.ts";
import { weightedSum } from "../ops/weighted_sum.ts";
import { constant, type Initializer } from "./initialize.ts";
import { LayerNorm } from "./layer_norm.ts";
import { Linear } from "./linear.ts";

/** What a {@linkcode LanguageHead} is made of. */
export interface LanguageHeadInit {
  /** What precedes the names of its parameters, with a dot at its end. */
  readonly prefix: string;
  /** Columns of a token vector, C. */
  readonly width: number;
  /** Entries of the word table, V. */
  readonly words: number;
  /** Added to variances. */
  readonly epsilon: number;
  /** Between the linear layer and the norm. */
  readonly activation: HiddenActivation;
  /** Initial values of the weight. */
  readonly initialize: Initializer;
  /** The most bytes of logits at a time. Default: 32 MiB. */
  readonly chunkBytes?: number;
  /** Whether there are words of no probability up to a multiple of 4. Default: on software adapters. */
  readonly pads?: boolean;
}

/** The logit of a word that does not exist: its exponential is 0, its gradient too. */
const NEVER = -1e30;

/** What tokens are to say. */
export interface LanguageTargets {
  /** The word table, [V, C], whose rows the vectors are compared with. */
  readonly table: Tensor;
  /** [T]: an id for each token. */
  readonly targets: Float32Array<ArrayBuffer>;
}

/**
 * The head of a language model as BERT has it: logits = norm(activation(x weight^T + bias)) table^T + bias.
 *
 * Logits are [T, V], far more than anything else of a step. Some tokens at a time have theirs, which are
 * computed again for backward.
 */
export class LanguageHead {
  readonly #init: LanguageHeadInit;
  readonly #dense: Linear;
  readonly #norm: LayerNorm;
  readonly #bias: Parameter;

  /**
   * Declares the parameters.
   *
   * @param store Where they live.
   * @param init Names and sizes.
   */
  constructor(store: ParameterStore, init: LanguageHeadInit) {
    const { prefix, width, words, epsilon, initialize } = init;
    this.#init = init;
    this.#dense = new Linear(store, {
      names: [`${prefix}transform.dense`],
      width,
      columns: width,
      initialize,
    });
    this.#norm = new LayerNorm(store, `${prefix}transform.LayerNorm`, width, epsilon);
    this.#bias = store.declare({
      parts: [{ name: `${prefix}bias`, shape: [words] }],
      shape: [words],
      decay: false,
      initialize: constant(0),
    });
  }

  /**
   * The mean cross entropy of tokens.
   *
   * @param tape Runs and records.
   * @param x Token vectors, [T, C].
   * @param options The word table and the targets.
   * @returns A scalar.
   */
  loss(tape: Tape, x: Tensor, { table, targets }: LanguageTargets): Tensor {
    const { words, chunkBytes = 2 ** 25 } = this.#init;
    const most = Math.max(1, Math.floor(chunkBytes / (4 * words)));
    const parts: Tensor[] = [];
    for (let first = 0; first < x.rows; first += most) {
      const count = Math.min(most, x.rows - first);
      const part = count === x.rows ? x : sliceRows(tape, x, first, count);
      const labels = tape.upload([count], targets.slice(first, first + count), "targets");
      parts.push(tape.checkpoint(part, (inner) =>
        inner.scope(() => {
          const logits = this.#logits(inner, part, table);
          return scaledSum(inner, classCrossEntropy(inner, { logits, labels }), 1 / x.rows);
        })));
    }
    return weightedSum(tape, parts);
  }

  #logits(tape: Tape, x: Tensor, table: Tensor): Tensor {
    return tape.scope(() => {
      const active = hiddenActivation(tape, this.#dense.forward(tape, x), this.#init.activation);
      const normed = this.#norm.forward(tape, active);
      const { words, pads = tape.gpu.kind === "software" } = this.#init;
      const bias = this.#bias.value;
      if (words % 4 === 0) return linear(tape, { x: normed, weight: table, bias });
      if (!pads) return addBias(tape, linear(tape, { x: normed, weight: table }), bias);
      const rows = Math.ceil(words / 4) * 4;
      const logits = linear(tape, { x: normed, weight: padRows(tape, { x: table, rows }) });
      return addBias(tape, logits, padRows(tape, { x: bias, rows, filler: NEVER }));
    });
  }
}
