/**
 * The standard step that all engines take: its sizes, and the files that give them the same weights and
 * batches.
 *
 * @module
 */
import { decodeSafetensors, type SafetensorsFile } from "../../src/io/safetensors.ts";

/** Sizes of the model, under the names of `config.json`. */
export interface StepConfig {
  /** Entries of the word table, V. */
  vocab_size: number;
  /** Columns of a token vector, C. */
  hidden_size: number;
  /** Layers. */
  num_hidden_layers: number;
  /** Heads, H. */
  num_attention_heads: number;
  /** Columns between the two feed-forward layers, F. */
  intermediate_size: number;
  /** Entries of the position table. */
  max_position_embeddings: number;
  /** Added to variances. */
  layer_norm_eps: number;
}

/** Pairs of token ids, anchor i beside positive i. */
export interface StepBatch {
  /** One sequence a row. */
  readonly anchor: readonly (readonly number[])[];
  /** One sequence a row. */
  readonly positive: readonly (readonly number[])[];
}

/** What a program reads before it trains. */
export interface StepTask {
  /** What a step is, for tables. */
  readonly what: string;
  /** Sizes of the model. */
  readonly config: StepConfig;
  /** Factor of the cosines in the loss. */
  readonly scale: number;
  /** Settings of AdamW; biases and the parameters of norms do not decay. */
  readonly optimizer: {
    readonly learning_rate: number;
    readonly weight_decay: number;
    readonly beta1: number;
    readonly beta2: number;
    readonly epsilon: number;
  };
  /** Step i trains on batch i modulo their number. */
  readonly batches: readonly StepBatch[];
}

/** The standard step: BERT of 4 layers, MultipleNegativesRankingLoss, AdamW, f32, no dropout. */
export const STANDARD: Omit<StepTask, "what" | "batches"> = {
  config: {
    vocab_size: 8192,
    hidden_size: 256,
    num_hidden_layers: 4,
    num_attention_heads: 4,
    intermediate_size: 1024,
    max_position_embeddings: 128,
    layer_norm_eps: 1e-12,
  },
  scale: 20,
  optimizer: { learning_rate: 1e-4, weight_decay: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
};

/** Pairs of a batch. */
export const PAIRS = 32;

/** Seed of the initial weights. */
export const SEED = 42;

/**
 * Reads a task.
 *
 * @param path Its JSON file.
 * @param vocabulary Entries of the word table if fewer than the task's: ids are taken modulo it.
 * @returns The task.
 */
export async function readTask(path: string, vocabulary = Infinity): Promise<StepTask> {
  const task: StepTask = JSON.parse(await Deno.readTextFile(path));
  if (vocabulary >= task.config.vocab_size) return task;
  const fold = (rows: readonly (readonly number[])[]) =>
    rows.map((ids) => ids.map((id) => id % vocabulary));
  return {
    ...task,
    config: { ...task.config, vocab_size: vocabulary },
    batches: task.batches.map(({ anchor, positive }) => ({
      anchor: fold(anchor),
      positive: fold(positive),
    })),
  };
}

/**
 * Reads initial weights.
 *
 * @param path A safetensors file.
 * @returns Its tensors.
 */
export async function readWeights(path: string): Promise<SafetensorsFile> {
  return decodeSafetensors(await Deno.readFile(path), path);
}

/** A batch whose sequences all have L tokens: anchors, then positives. */
export interface EvenBatch {
  /** Shape [S, L]. */
  readonly ids: Int32Array<ArrayBuffer>;
  /** Sequences, S. */
  readonly sequences: number;
  /** Tokens of a sequence, L. */
  readonly length: number;
}

/**
 * Lays out a batch for engines that are given no mask.
 *
 * @param batch Its sequences must have the same length.
 * @returns The ids.
 * @throws {RangeError} If lengths differ.
 */
export function evenBatch({ anchor, positive }: StepBatch): EvenBatch {
  const rows = [...anchor, ...positive];
  const length = rows[0].length;
  const other = rows.find((ids) => ids.length !== length);
  if (other !== undefined) {
    throw new RangeError(
      `Cannot train without a mask: found sequences of ${length} and of ${other.length} tokens; ` +
        "choose a task of equal lengths",
    );
  }
  return { ids: Int32Array.from(rows.flat()), sequences: rows.length, length };
}
