/**
 * Training in a page: pairs of texts in, a model to search with out.
 *
 * @module
 */
import { datasetFromRows } from "../../src/data/dataset.ts";
import { Tokenizer } from "../../src/data/tokenizer.ts";
import { Gpu } from "../../src/gpu/device.ts";
import { useHost } from "../../src/host/host.ts";
import { memoryHost } from "../../src/host/memory_host.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import { SentenceTransformerTrainingArguments } from "../../src/train/arguments/sentence_transformer_training_arguments.ts";
import { SentenceTransformerTrainer } from "../../src/train/trainer.ts";

/** A text and what belongs to it. */
export interface Pair {
  readonly anchor: string;
  readonly positive: string;
}

/** What happens while a page trains. */
export interface Watcher {
  /** The adapter was found. */
  started(adapter: string): void;
  /** A step is over. */
  stepped(step: number, steps: number, loss: number | null): void;
}

const host = memoryHost();
useHost(host);

/** Files that training writes; the page may offer them for download. */
export const files = host.files;

const STEPS = 40;

/** A model that was trained in this page. */
export class PageModel {
  readonly #model: SentenceTransformer;
  readonly #texts: readonly string[];

  private constructor(model: SentenceTransformer, texts: readonly string[]) {
    this.#model = model;
    this.#texts = texts;
  }

  /**
   * Trains a small encoder on pairs of texts; its words are those of the pairs and their letters.
   *
   * @param pairs At least two.
   * @param watcher Is told how it goes.
   * @returns The model.
   */
  static async train(pairs: readonly Pair[], watcher: Watcher): Promise<PageModel> {
    const gpu = await Gpu.request();
    watcher.started(gpu.info.description || `${gpu.info.vendor} ${gpu.info.architecture}`);
    const texts = pairs.flatMap(({ anchor, positive }) => [anchor, positive]);
    const model = await SentenceTransformer.create(gpu, {
      tokenizer: Tokenizer.fromVocabulary(vocabularyOf(texts)),
      maxSequenceLength: 64,
      seed: 42,
      trainable: true,
      config: CONFIG(vocabularyOf(texts).length),
    });
    const trainer = new SentenceTransformerTrainer({
      model,
      args: new SentenceTransformerTrainingArguments({
        outputDir: "/output",
        maxSteps: STEPS,
        perDeviceTrainBatchSize: Math.min(16, pairs.length),
        learningRate: 3e-3,
        loggingSteps: 1,
        saveStrategy: "no",
      }),
      trainDataset: datasetFromRows(pairs.map((pair) => ({ ...pair })), { name: "page" }),
      loss: new MultipleNegativesRankingLoss(),
      reporters: [{
        progress: ({ step, totalSteps, loss }) => watcher.stepped(step, totalSteps, loss),
      }],
    });
    await trainer.train();
    await trainer.saveModel("/output/final");
    await trainer.destroy();
    return new PageModel(model, pairs.map(({ positive }) => positive));
  }

  /**
   * Finds the texts that are nearest to a question.
   *
   * @param question Any text.
   * @returns The positives of the pairs with their cosine similarity, the nearest first.
   */
  async search(question: string): Promise<{ text: string; score: number }[]> {
    const { data, columns } = await this.#model.encode([question, ...this.#texts]);
    const row = (i: number) => data.subarray(i * columns, (i + 1) * columns);
    const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * b[i], 0);
    const length = (a: Float32Array) => Math.sqrt(dot(a, a));
    const asked = row(0);
    return this.#texts
      .map((text, i) => {
        const found = row(i + 1);
        return { text, score: dot(asked, found) / (length(asked) * length(found)) };
      })
      .sort((one, other) => other.score - one.score);
  }
}

function vocabularyOf(texts: readonly string[]): string[] {
  const words = new Set(texts.flatMap((text) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []));
  const letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  const pieces = [...letters, ...[...letters].map((letter) => `##${letter}`), ..."?!.,'-"];
  return [...new Set(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ...pieces, ...words])];
}

const CONFIG = (vocab_size: number) => ({
  architectures: ["BertModel"],
  model_type: "bert",
  vocab_size,
  hidden_size: 64,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  intermediate_size: 256,
  hidden_act: "gelu",
  hidden_dropout_prob: 0,
  attention_probs_dropout_prob: 0,
  max_position_embeddings: 64,
  type_vocab_size: 2,
  initializer_range: 0.05,
  layer_norm_eps: 1e-12,
  pad_token_id: 0,
  position_embedding_type: "absolute",
});
