/**
 * The in-batch ranking loss.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { nearest } from "../nearest.ts";
import { l2Normalize } from "../ops/l2_normalize.ts";
import { similarityCrossEntropy } from "../ops/similarity_cross_entropy.ts";
import { sliceRows } from "../ops/slice_rows.ts";
import type { Tape } from "../ops/tape.ts";
import type { EmbeddedBatch, Loss } from "./loss.ts";

/** Options of {@linkcode MultipleNegativesRankingLoss}. */
export interface MultipleNegativesRankingLossOptions {
  /** Factor of the similarities, the inverse of a temperature. Default: 20. */
  scale?: number;
  /** How embeddings are compared. Default: `"cos_sim"`. */
  similarity_fct?: "cos_sim" | "dot_score";
}

/**
 * Ranks the positive of every anchor above the positives of all other anchors of the batch, and above
 * all negatives: cross entropy over the scaled similarities.
 *
 * Columns: anchor, positive, then any number of negatives; labels are not looked at. Larger batches make it harder and
 * the model better; the batch sampler `no_duplicates` keeps a text from being its own negative.
 * Source: Henderson et al., "Efficient Natural Language Response Suggestion for Smart Reply", 2017.
 */
export class MultipleNegativesRankingLoss implements Loss {
  /** Its name as sentence-transformers has it. */
  readonly name = "MultipleNegativesRankingLoss";
  /** Its options. */
  readonly config: Required<MultipleNegativesRankingLossOptions>;
  /** True: the candidates are classes. */
  readonly smoothsLabels = true;
  /** The paper in BibTeX. */
  readonly citation: string = `@misc{henderson2017efficient,
    title={Efficient Natural Language Response Suggestion for Smart Reply},
    author={Matthew Henderson and Rami Al-Rfou and Brian Strope and Yun-hsuan Sung and Laszlo Lukacs and Ruiqi Guo and Sanjiv Kumar and Balint Miklos and Ray Kurzweil},
    year={2017},
    eprint={1705.00652},
    archivePrefix={arXiv},
    primaryClass={cs.CL}
}`;

  /**
   * A loss with the given options.
   *
   * @param options Scale and similarity.
   * @throws {UsageError} If an option has no sense.
   */
  constructor(options: MultipleNegativesRankingLossOptions = {}) {
    const { scale = 20, similarity_fct = "cos_sim", ...unknown } = options;
    const [stranger] = Object.keys(unknown);
    if (stranger !== undefined) {
      const known = ["scale", "similarity_fct"];
      const guess = nearest(stranger, known);
      throw new UsageError(
        `Cannot set up ${this.name}: it has no option "${stranger}"; its options are ${
          known.join(", ")
        }${guess === null ? "" : `; the nearest is "${guess}"`}`,
      );
    }
    if (typeof scale !== "number" || !(scale > 0 && scale < Infinity)) {
      throw new UsageError(
        `Cannot set up ${this.name}: scale is ${JSON.stringify(scale)}, wanted a number above 0`,
      );
    }
    if (similarity_fct !== "cos_sim" && similarity_fct !== "dot_score") {
      throw new UsageError(
        `Cannot set up ${this.name}: similarity_fct is ${
          JSON.stringify(similarity_fct)
        }, wanted "cos_sim" or "dot_score"`,
      );
    }
    this.config = { scale, similarity_fct };
  }

  /** Wants two text columns or more; labels are not looked at, as upstream. */
  checkColumns(columns: readonly string[]): void {
    if (columns.length < 2) {
      throw new UsageError(
        `Cannot train with ${this.name}: found as text columns ${
          columns.map((name) => `"${name}"`).join(", ") || "none"
        }, wanted anchor, positive and, if there are any, negatives`,
      );
    }
  }

  /** The first column are the anchors, all others the candidates. */
  forward(tape: Tape, { embeddings, columns, labelSmoothing }: EmbeddedBatch): Tensor {
    const { scale, similarity_fct } = this.config;
    const compared = similarity_fct === "cos_sim" ? l2Normalize(tape, embeddings) : embeddings;
    const count = columns[0].count;
    return similarityCrossEntropy(tape, {
      anchors: sliceRows(tape, compared, 0, count),
      candidates: sliceRows(tape, compared, count, compared.rows - count),
      scale,
      labelSmoothing,
    });
  }
}
