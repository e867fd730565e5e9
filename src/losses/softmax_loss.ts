/**
 * Classification of pairs.
 *
 * @module
 */
import { z } from "zod";
import type { LabelFacts } from "../data/label_facts.ts";
import type { Embeddings } from "../evaluators/embedder.ts";
import { UsageError } from "../errors.ts";
import type { ParameterStore } from "../gpu/parameter_slab.ts";
import type { Tensor } from "../gpu/tensor.ts";
import { classCrossEntropy } from "../ops/class_cross_entropy.ts";
import { pairFeatures } from "../ops/pair_features.ts";
import { scaledSum } from "../ops/scaled_sum.ts";
import type { Tape } from "../ops/tape.ts";
import { cannotTrain } from "./cannot_train.ts";
import { classifyPairs, type PairClassifier } from "./classify_pairs.ts";
import { LinearLayer } from "./linear_layer.ts";
import type { EmbeddedBatch, Loss, LossSetting } from "./loss.ts";
import { lossOptions } from "./loss_options.ts";

/** Options of {@linkcode SoftmaxLoss}. */
export interface SoftmaxLossOptions {
  /** Number of classes; labels are 0 to `num_labels` - 1. */
  num_labels: number;
  /** Whether the classifier sees both embeddings u and v. Default: true. */
  concatenation_sent_rep?: boolean;
  /** Whether it sees |u - v|. Default: true. */
  concatenation_sent_difference?: boolean;
  /** Whether it sees u * v. Default: false. */
  concatenation_sent_multiplication?: boolean;
  /** What is computed of its outputs. Default: `"CrossEntropyLoss"`, the only one. */
  loss_fct?: "CrossEntropyLoss";
}

const TYPES = {
  num_labels: z.int().positive(),
  concatenation_sent_rep: z.boolean().default(true),
  concatenation_sent_difference: z.boolean().default(true),
  concatenation_sent_multiplication: z.boolean().default(false),
  loss_fct: z.enum(["CrossEntropyLoss"]).default("CrossEntropyLoss"),
};

/**
 * Sorts pairs of texts into classes with a linear classifier of [u, v, |u - v|], where u and v are their
 * embeddings, and trains the classifier with the model: cross entropy of its outputs.
 *
 * Requirements: pairs of texts, each with a class, a whole number from 0 on.
 *
 * Inputs:
 *
 * | Texts | Labels |
 * | --- | --- |
 * | first text, second text | class |
 *
 * Recommendations: for a model whose embeddings are compared by cosine, a ranking loss usually gives
 * better ones, where the data has pairs that belong together. The classifier, "classifier.weight" and
 * "classifier.bias", is only needed to train on.
 *
 * Relations: `MultipleNegativesRankingLoss` learns from the pairs of one class alone, and from what else is
 * in the batch. In a `MatryoshkaLoss` it fails, for its classifier takes embeddings of one length.
 *
 * ```ts ignore
 * const loss = new SoftmaxLoss({ num_labels: 3 });
 * ```
 *
 * Source: Reimers and Gurevych, "Sentence-BERT: Sentence Embeddings using Siamese BERT-Networks", 2019;
 * upstream's losses/softmax.py.
 */
export class SoftmaxLoss implements Loss {
  /** Its name as sentence-transformers has it. */
  readonly name = "SoftmaxLoss";
  /** Its options. */
  readonly config: Required<SoftmaxLossOptions>;
  /** True: it has classes. */
  readonly smoothsLabels = true;
  /** The paper in BibTeX. */
  readonly citation: string = `@inproceedings{reimers-2019-sentence-bert,
    title={Sentence-BERT: Sentence Embeddings using Siamese BERT-Networks},
    author={Reimers, Nils and Gurevych, Iryna},
    booktitle={Proceedings of the 2019 Conference on Empirical Methods in Natural Language Processing},
    month={11},
    year={2019},
    publisher={Association for Computational Linguistics},
    url={https://arxiv.org/abs/1908.10084}
}`;
  #classifier: LinearLayer | null = null;
  #store: ParameterStore | null = null;

  /**
   * A loss with the given options.
   *
   * @param options Number of classes and what the classifier sees.
   * @throws {UsageError} If an option has no sense, or the classifier would see nothing.
   */
  constructor(options: SoftmaxLossOptions) {
    this.config = lossOptions(this.name, TYPES, options);
    if (this.#parts === 0) {
      throw new UsageError(
        `Cannot set up ${this.name}: all of concatenation_sent_rep, concatenation_sent_difference and concatenation_sent_multiplication are false, wanted at least one`,
      );
    }
  }

  get #features(): PairClassifier["parts"] {
    return {
      both: this.config.concatenation_sent_rep,
      difference: this.config.concatenation_sent_difference,
      product: this.config.concatenation_sent_multiplication,
    };
  }

  /** How many vectors of an embedding's length the classifier sees. */
  get #parts(): number {
    const { config } = this;
    return (config.concatenation_sent_rep ? 2 : 0) + Number(config.concatenation_sent_difference) +
      Number(config.concatenation_sent_multiplication);
  }

  /** Wants two text columns, and classes from 0 to `num_labels` - 1. */
  checkColumns(columns: readonly string[], labels: LabelFacts | null): void {
    if (columns.length !== 2) throw cannotTrain(this.name, columns, "two");
    const { num_labels } = this.config;
    const isClass = labels !== null && labels.width === 1 && labels.isWhole &&
      labels.minimum >= 0 && labels.maximum < num_labels;
    if (!isClass) {
      throw cannotTrain(
        this.name,
        labels,
        `a class for each row, a whole number from 0 to ${
          num_labels - 1
        }; num_labels is ${num_labels}`,
      );
    }
  }

  /** Declares the classifier. */
  declare(store: ParameterStore, { dimension, seed }: LossSetting): void {
    this.#store = store;
    this.#classifier = new LinearLayer(store, {
      name: "classifier",
      width: this.#parts * dimension,
      columns: this.config.num_labels,
      seed,
    });
  }

  /**
   * Classifies pairs with the classifier as it is now: for `LabelAccuracyEvaluator`.
   *
   * @param a Embeddings of the first texts, [N, C].
   * @param b Embeddings of the second texts, [N, C].
   * @returns The most probable class of each pair, from 0 on.
   * @throws {TypeError} If no trainer has declared the classifier yet.
   */
  async classify(a: Embeddings, b: Embeddings): Promise<number[]> {
    if (this.#store === null) {
      throw new TypeError(`Cannot classify with ${this.name}: it has no trainer yet`);
    }
    const parameters = await this.#store.download();
    const weight = parameters.get("classifier.weight")!;
    const bias = parameters.get("classifier.bias")!;
    return classifyPairs(a, b, { weight, bias, parts: this.#features });
  }

  /** The two columns are the pairs. */
  forward(tape: Tape, { embeddings, labels, labelSmoothing }: EmbeddedBatch): Tensor {
    const classifier = this.#classifier;
    if (classifier === null || labels === null) {
      throw new TypeError(
        `Cannot run ${this.name}: wanted labels, and its classifier declared before`,
      );
    }
    const x = pairFeatures(tape, { x: embeddings, ...this.#features });
    if (x.columns !== classifier.width) {
      throw new UsageError(
        `Cannot train with ${this.name}: its classifier takes embeddings of ${
          classifier.width / this.#parts
        } numbers, found ${embeddings.columns}; do not use it in a loss that cuts embeddings`,
      );
    }
    const logits = classifier.forward(tape, x);
    const terms = classCrossEntropy(tape, { logits, labels, labelSmoothing });
    return scaledSum(tape, terms, 1 / terms.size);
  }
}
