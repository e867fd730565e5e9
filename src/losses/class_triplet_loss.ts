/**
 * What losses over triplets of a batch of labelled texts have in common.
 *
 * @module
 */
import { z } from "zod";
import type { LabelFacts } from "../data/label_facts.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Tape } from "../ops/tape.ts";
import { checkLossColumns } from "./check_loss_columns.ts";
import type { EmbeddedBatch, Loss } from "./loss.ts";
import { lossOptions } from "./loss_options.ts";
import { TRIPLET_CITATION } from "./triplet_citation.ts";

/** Options of losses over triplets of a batch that have a margin. */
export interface ClassTripletLossOptions {
  /**
   * `"euclidean_distance"`, which may also be spelt `"eucledian_distance"`, or `"cosine_distance"`.
   * Default: `"euclidean_distance"`.
   */
  distance_metric?: string;
  /** How much farther than positives negatives must be. Default: 5. */
  margin?: number;
}

const DISTANCE = z.enum(["euclidean_distance", "eucledian_distance", "cosine_distance"])
  .transform((name) => name === "cosine_distance" ? name : "euclidean_distance")
  .default("euclidean_distance");
const MARGIN = z.number().nonnegative().default(5);

/** A loss over triplets of a batch, in which texts of one class are each other's positives. */
export abstract class ClassTripletLoss implements Loss {
  /** Its name as sentence-transformers has it. */
  readonly name: string;
  /** Its options. */
  readonly config: Readonly<{ distance_metric: string; margin?: number }>;
  /** False: no classes are predicted. */
  readonly smoothsLabels = false;
  /** The paper in BibTeX. */
  readonly citation: string = TRIPLET_CITATION;
  /** How much farther than positives negatives must be; null for the soft margin. */
  protected readonly margin: number | null;

  /**
   * A loss with the given options.
   *
   * @param name Its name.
   * @param options Distance, and margin if it has one.
   * @param hasMargin Whether it has one.
   * @throws {UsageError} If an option has no sense.
   */
  constructor(name: string, options: ClassTripletLossOptions, hasMargin: boolean) {
    this.name = name;
    if (hasMargin) {
      const config = lossOptions(name, { distance_metric: DISTANCE, margin: MARGIN }, options);
      this.config = config;
      this.margin = config.margin;
    } else {
      this.config = lossOptions(name, { distance_metric: DISTANCE }, options);
      this.margin = null;
    }
  }

  /** Wants one text column and a class as label. */
  checkColumns(columns: readonly string[], labels: LabelFacts | null): void {
    checkLossColumns(this.name, { columns, labels }, {
      texts: "exactly one text column",
      count: [1, 1],
      label: "class",
    });
  }

  /**
   * Computes the loss of a batch.
   *
   * @param tape Runs and records.
   * @param batch The embeddings, of one column, and their classes.
   * @returns A scalar.
   */
  abstract forward(tape: Tape, batch: EmbeddedBatch): Tensor;
}
