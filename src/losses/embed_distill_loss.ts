/**
 * Distillation of embeddings.
 *
 * @module
 */
import { z } from "zod";
import type { LabelFacts } from "../data/label_facts.ts";
import type { ParameterStore } from "../gpu/parameter_slab.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Tape } from "../ops/tape.ts";
import { UsageError } from "../errors.ts";
import { LinearLayer } from "./linear_layer.ts";
import type { EmbeddedBatch, Loss, LossSetting } from "./loss.ts";
import { lossOptions } from "./loss_options.ts";
import { checkTeacherVectors, teacherDistance } from "./teacher_vectors.ts";

/** Options of {@linkcode EmbedDistillLoss}. */
export interface EmbedDistillLossOptions {
  /** Distance from the teacher: 1 - cosine, Euclidean, or mean of squares. Default: `"cosine"`. */
  distance_metric?: "cosine" | "l2" | "mse";
  /** Length of the teacher's embeddings, to which a trained layer projects. Default: null, none. */
  projection_dim?: number | null;
}

const TYPES = {
  distance_metric: z.enum(["cosine", "l2", "mse"]).default("cosine"),
  projection_dim: z.int().positive().nullable().default(null),
};

/**
 * Brings embeddings close to those that a teacher made of the same texts: the mean distance of all texts.
 *
 * Requirements: embeddings of a teacher, computed before and stored as labels.
 *
 * Inputs:
 *
 * | Texts | Labels |
 * | --- | --- |
 * | text | embedding by the teacher |
 * | text 1, ..., text n | one embedding, which all n are to have |
 * | text 1, ..., text n | the n embeddings, one after the other |
 *
 * Recommendations: give `projection_dim` where the teacher's embeddings are longer or shorter; the layer,
 * "projection.weight" and "projection.bias", is only needed to train on.
 *
 * Relations: `MSELoss` is this one with `distance_metric: "mse"`. `MarginMSELoss` and `DistillKLDivLoss`
 * learn a teacher's scores in place of its embeddings.
 *
 * ```ts ignore
 * const loss = new EmbedDistillLoss({ distance_metric: "cosine", projection_dim: 1024 });
 * ```
 *
 * Source: Kim et al., "EmbedDistill: A Geometric Knowledge Distillation for Information Retrieval", 2023;
 * upstream's losses/embed_distill.py.
 */
export class EmbedDistillLoss implements Loss {
  /** Its name as sentence-transformers has it. */
  readonly name = "EmbedDistillLoss";
  /** Its options. */
  readonly config: Required<EmbedDistillLossOptions>;
  /** False: it has no classes. */
  readonly smoothsLabels = false;
  /** The paper in BibTeX. */
  readonly citation: string = `@article{kim2023embeddistill,
    title={EmbedDistill: A Geometric Knowledge Distillation for Information Retrieval},
    author={Kim, Seungyeon and Rawat, Ankit Singh and Zaheer, Manzil and Jayasumana, Sadeep and Sadhanala, Veeranjaneyulu and Jitkrittum, Wittawat and Menon, Aditya Krishna and Fergus, Rob and Kumar, Sanjiv},
    year={2023},
    eprint={2301.12005},
    archivePrefix={arXiv},
    primaryClass={cs.IR}
}`;
  #projection: LinearLayer | null = null;

  /**
   * A loss with the given options.
   *
   * @param options Distance and projection.
   * @throws {UsageError} If an option has no sense.
   */
  constructor(options: EmbedDistillLossOptions = {}) {
    this.config = lossOptions(this.name, TYPES, options);
  }

  /** Wants text columns, and as labels vectors of the teacher's length. */
  checkColumns(columns: readonly string[], labels: LabelFacts | null): void {
    checkTeacherVectors(this.name, { columns, labels }, this.config.projection_dim);
  }

  /** Declares the projection, if there is one. */
  declare(store: ParameterStore, { dimension, seed }: LossSetting): void {
    const { projection_dim } = this.config;
    if (projection_dim === null) return;
    this.#projection = new LinearLayer(store, {
      name: "projection",
      width: dimension,
      columns: projection_dim,
      seed,
    });
  }

  /** All columns are compared with the labels. */
  forward(tape: Tape, batch: EmbeddedBatch): Tensor {
    const { distance_metric: metric, projection_dim } = this.config;
    let x = batch.embeddings;
    if (projection_dim !== null) {
      const projection = this.#projection;
      if (projection === null) {
        throw new TypeError(`Cannot run ${this.name}: wanted its projection declared before`);
      }
      if (x.columns !== projection.width) {
        throw new UsageError(
          `Cannot train with ${this.name}: its projection takes embeddings of ${projection.width} numbers, found ${x.columns}; do not use projection_dim in a loss that cuts embeddings`,
        );
      }
      x = projection.forward(tape, x);
    }
    return teacherDistance(tape, batch, { x, metric, loss: this.name });
  }
}
