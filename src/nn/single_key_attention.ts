/**
 * Attention of tokens to one vector a sequence.
 *
 * @module
 */
import type { ParameterStore } from "../gpu/parameter_slab.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { repeatRows } from "../ops/repeat_rows.ts";
import type { Tape } from "../ops/tape.ts";
import type { Initializer } from "./initialize.ts";
import { LayerNorm } from "./layer_norm.ts";
import { Linear } from "./linear.ts";

/** What a {@linkcode SingleKeyAttention} is made of. */
export interface SingleKeyAttentionInit {
  /** What precedes the names of its parameters, with a dot at its end. */
  readonly prefix: string;
  /** Columns of a token vector, C. */
  readonly width: number;
  /** Columns of the vector that tokens attend to, D. */
  readonly memoryWidth: number;
  /** Heads, H. */
  readonly heads: number;
  /** Added to variances. */
  readonly epsilon: number;
  /** Probability of dropping an element before the residual sum. */
  readonly hiddenDropout: number;
  /** Probability of dropping a head of a token. */
  readonly attentionDropout: number;
  /** Initial values of weights. */
  readonly initialize: Initializer;
}

/** The vectors that tokens attend to. */
export interface Memory {
  /** One a sequence, [S, D]. */
  readonly vectors: Tensor;
  /** The first token of every sequence, then T: [S + 1]. */
  readonly sequenceStarts: Tensor;
}

/**
 * The cross-attention of a layer of BERT as a decoder, y = norm(x + output(value(memory))), where there is
 * one key. The softmax over one score is 1 whatever the score is: query and key change nothing and get no
 * gradient, and there are none. Dropout of weights then drops heads, token by token.
 */
export class SingleKeyAttention {
  readonly #init: SingleKeyAttentionInit;
  readonly #value: Linear;
  readonly #output: Linear;
  readonly #norm: LayerNorm;

  /**
   * Declares the parameters.
   *
   * @param store Where they live.
   * @param init Names and sizes.
   */
  constructor(store: ParameterStore, init: SingleKeyAttentionInit) {
    const { prefix, width, memoryWidth, epsilon, initialize } = init;
    const dense = (name: string, from: number) =>
      new Linear(store, { names: [prefix + name], width: from, columns: width, initialize });
    this.#init = init;
    this.#value = dense("self.value", memoryWidth);
    this.#output = dense("output.dense", width);
    this.#norm = new LayerNorm(store, `${prefix}output.LayerNorm`, width, epsilon);
  }

  /**
   * Runs the layer.
   *
   * @param tape Runs and records.
   * @param x Token vectors, [T, C].
   * @param memory What they attend to.
   * @returns Token vectors, [T, C].
   */
  forward(tape: Tape, x: Tensor, { vectors, sequenceStarts }: Memory): Tensor {
    const { heads, hiddenDropout, attentionDropout } = this.#init;
    return tape.scope(() => {
      const branch = tape.scope(() => {
        const context = repeatRows(tape, {
          x: this.#value.forward(tape, vectors),
          sequenceStarts,
          rows: x.rows,
          groups: heads,
          dropout: attentionDropout,
        });
        return this.#output.forward(tape, context);
      });
      return this.#norm.join(tape, x, { branch, dropout: hiddenDropout });
    });
  }
}
