/**
 * What callers say when they bring a model to the GPU and when they embed texts with it.
 *
 * @module
 */
import type { Tokenizer } from "../data/tokenizer.ts";
import type { LocateOptions } from "../hub/locate_model.ts";
import type { JsonObject } from "../io/json.ts";
import type { ModuleConfig } from "../io/module_config.ts";
import type { Precision } from "../ops/tape.ts";
import type { AdapterInit } from "./adapter.ts";
import type { LoraConfig } from "./lora_config.ts";

/** How a model is found and brought to the GPU. */
export interface LoadOptions extends LocateOptions {
  /** Whether it will be trained. Default: false. */
  trainable?: boolean;
  /** Tokens after which a text is cut, special ones included. Default: the model's own. */
  maxSequenceLength?: number;
  /** Seed of what a file does not give. Default: 42. */
  seed?: number;
  /** Dimensions of an embedding that {@linkcode SentenceTransformer.encode} keeps. Default: the model's own. */
  truncateDim?: number;
  /**
   * What follows the encoder, in place of the directory's own modules; its parameters begin with values
   * of the seed. Default: the directory's own; without any, a pooling by the mean.
   */
  modules?: readonly ModuleConfig[];
  /**
   * Low-rank updates of linear layers; they alone are trained and saved, the model's own parameters stay
   * as they are in the directory. A directory with an adapter needs no such option. Default: none.
   */
  adapter?: LoraConfig;
}

/** A model that has no weights yet. */
export interface NewModel extends Omit<LoadOptions, keyof LocateOptions> {
  /**
   * The content of `config.json`; for a table of token vectors without a transformer it is
   * `{ model_type: "static-embedding", vocab_size, hidden_size }`.
   */
  config: JsonObject;
  /** Its tokenizer. */
  tokenizer: Tokenizer;
}

/** A model that is made, under names of its own. */
export interface ModelInit extends NewModel {
  /** What stands before the names of its parameters. Default: nothing. */
  storePrefix?: string;
  /** What its adapter is made from. Default: there is none. */
  adapterInit?: AdapterInit;
}

/** How texts are embedded. */
export interface EncodeOptions {
  /** Texts of one batch. Default: as many as make about 4,096 tokens. */
  batchSize?: number;
  /** Text to put before every text; wins over `promptName`. */
  prompt?: string;
  /** Which of the model's prompts to put before every text. Default: the model's default prompt. */
  promptName?: string;
  /**
   * What the texts are in a search. Without `prompt` and `promptName` it chooses the first of the model's
   * prompts that is named "query", or else "document", "passage" or "corpus". Default: neither.
   */
  task?: "query" | "document";
  /** Whether embeddings are scaled to unit length, after they are cut. Default: false. */
  normalizeEmbeddings?: boolean;
  /** How many dimensions of an embedding are kept. Default: the model's `truncateDim`. */
  truncateDim?: number;
  /** How the operands of linear layers are stored. Default: "f32". */
  precision?: Precision;
  /** Called with the number of texts embedded so far. */
  onProgress?: (done: number) => void;
}
