/**
 * Texts said again out of the embeddings of damaged ones.
 *
 * @module
 */
import { z } from "zod";
import type { LabelFacts } from "../data/label_facts.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Tape } from "../ops/tape.ts";
import { cannotTrain } from "./cannot_train.ts";
import type { EmbeddedBatch, Loss, LossWants } from "./loss.ts";
import { lossOptions } from "./loss_options.ts";

/** Options of {@linkcode DenoisingAutoEncoderLoss}. */
export interface DenoisingAutoEncoderLossOptions {
  /** Whether the decoder shares the encoder's parameters, or trains a copy of them. Default: true. */
  tie_encoder_decoder?: boolean;
  /** Upstream's name of another decoder. Default: null, and nothing else is taken. */
  decoder_name_or_path?: null;
}

const TYPES = {
  tie_encoder_decoder: z.boolean().default(true),
  decoder_name_or_path: z.null(
    "wanted null: the decoder is made of the model's own encoder; leave it out",
  ).default(null),
};

/**
 * Trains a model to keep what a text says: a decoder says the whole text again, token by token, out of the
 * embedding of a damaged copy, which it sees through attention to that one vector. The loss is the mean cross
 * entropy of all tokens (TSDAE).
 *
 * Requirements: texts alone, of one language and domain, some ten thousand of them; `denoisingDataset` makes
 * the damaged copies. An encoder of the type bert, roberta, camembert or xlm-roberta.
 *
 * Inputs:
 *
 * | Texts | Labels |
 * | --- | --- |
 * | damaged text, original text | none |
 *
 * Recommendations: words deleted with probability 0.6, pooling by the first token, learning rate 3e-5
 * without warmup and decay, no weight decay. With `tie_encoder_decoder` the decoder's embeddings, attention
 * and feed-forward parts are the encoder's; otherwise they are a copy, trained beside it. Attention to the
 * embedding and the language model's head are the decoder's own, begin at random and are thrown away after
 * training. Upstream takes another decoder by `decoder_name_or_path`; here it has the encoder's
 * architecture.
 *
 * Relations: `ContrastiveTensionLossInBatchNegatives`, and `MultipleNegativesRankingLoss` on pairs of twice
 * the same text (SimCSE), learn from texts alone too, at less cost a step. It does not go into `MatryoshkaLoss`.
 *
 * ```ts ignore
 * const trainDataset = denoisingDataset(texts);
 * const loss = new DenoisingAutoEncoderLoss();
 * ```
 *
 * Source: Wang et al., "TSDAE: Using Transformer-based Sequential Denoising Auto-Encoder for Unsupervised
 * Sentence Embedding Learning", 2021; upstream's losses/denoising_auto_encoder.py.
 */
export class DenoisingAutoEncoderLoss implements Loss {
  /** Its name as sentence-transformers has it. */
  readonly name = "DenoisingAutoEncoderLoss";
  /** Its options. */
  readonly config: Readonly<Required<DenoisingAutoEncoderLossOptions>>;
  /** False: the tokens are no classes to smooth. */
  readonly smoothsLabels = false;
  /** A decoder. */
  readonly wants: LossWants;
  /** The paper in BibTeX. */
  readonly citation: string = `@inproceedings{wang-2021-TSDAE,
    title = "TSDAE: Using Transformer-based Sequential Denoising Auto-Encoder for Unsupervised Sentence Embedding Learning",
    author = "Wang, Kexin and Reimers, Nils and Gurevych, Iryna",
    booktitle = "Findings of the Association for Computational Linguistics: EMNLP 2021",
    month = nov,
    year = "2021",
    address = "Punta Cana, Dominican Republic",
    publisher = "Association for Computational Linguistics",
    pages = "671--688",
    url = "https://arxiv.org/abs/2104.06979",
}`;

  /**
   * A loss with the given options.
   *
   * @param options Whether the decoder shares parameters.
   * @throws {UsageError} If an option is unknown or has no sense, or another decoder is named.
   */
  constructor(options: DenoisingAutoEncoderLossOptions = {}) {
    this.config = lossOptions(this.name, TYPES, options);
    this.wants = { reconstruction: { tied: this.config.tie_encoder_decoder } };
  }

  /** Wants two text columns and no labels. */
  checkColumns(columns: readonly string[], labels: LabelFacts | null): void {
    if (columns.length !== 2) {
      throw cannotTrain(
        this.name,
        columns,
        "two, damaged texts and the original ones; denoisingDataset makes them of one column by deleting words with probability 0.6",
      );
    }
    if (labels !== null) {
      throw cannotTrain(this.name, labels, "none; leave the column of labels out");
    }
  }

  /** The decoder says the second column out of the embeddings of the first. */
  forward(tape: Tape, { embeddings, reconstruct }: EmbeddedBatch): Tensor {
    if (reconstruct === undefined) {
      throw new TypeError(`Cannot run ${this.name}: wanted a decoder of the embeddings`);
    }
    return reconstruct(tape, embeddings);
  }
}
