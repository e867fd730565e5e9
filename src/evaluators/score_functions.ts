/**
 * Which similarities an evaluator computes, and which of them its primary metric takes.
 *
 * @module
 */

import type { Embedder } from "./embedder.ts";
import { SIMILARITIES, type Similarity } from "./similarity.ts";

/** The choice of similarities that every evaluator offers. */
export interface ScoreFunctionOptions {
  /** The similarities to compute; where not given the main one, else the embedder's own. */
  readonly scoreFunctions?: readonly Similarity[];
  /** The similarity of the primary metric; where not given the only one, or the best of several. */
  readonly mainScoreFunction?: Similarity;
}

/** The similarities of one evaluator, which an open choice leaves to the first embedder. */
export class ScoreFunctions {
  /** The similarity of the primary metric, where it was chosen. */
  readonly main: Similarity | undefined;
  #chosen: readonly Similarity[];

  /**
   * Checks the choice.
   *
   * @param options the choice made
   * @throws {RangeError} where a similarity is unknown or repeated, or the main one is not computed
   */
  constructor({ scoreFunctions, mainScoreFunction: main }: ScoreFunctionOptions) {
    const chosen = scoreFunctions ?? (main === undefined ? [] : [main]);
    const valid = chosen.every((fn, i) => SIMILARITIES.includes(fn) && chosen.indexOf(fn) === i);
    if (!valid || (main !== undefined && !chosen.includes(main))) {
      throw new RangeError(
        `Cannot use scoreFunctions [${chosen.join(", ")}]` +
          `${main === undefined ? "" : ` with mainScoreFunction ${main}`}: ` +
          `wanted different ones of ${SIMILARITIES.join(", ")}, the main one among them`,
      );
    }
    this.main = main;
    this.#chosen = chosen;
  }

  /** The similarities to name metrics by: cosine as long as the choice is open. */
  get names(): readonly Similarity[] {
    return this.#chosen.length > 0 ? this.#chosen : ["cosine"];
  }

  /**
   * Settles an open choice with the embedder's own similarity.
   *
   * @param embedder the model to measure
   * @returns the similarities to compute
   */
  resolve(embedder: Embedder): readonly Similarity[] {
    if (this.#chosen.length === 0) this.#chosen = [embedder.similarity];
    return this.#chosen;
  }
}
