/**
 * What callers say when they bring a model to the GPU and when they embed texts with it.
 *
 * @module
 */
import type { Tokenizer } from "../data/tokenizer.ts";
import type { JsonObject } from "../io/json.ts";
import type { Precision } from "../ops/tape.ts";

/** How a model is brought to the GPU. */
export interface LoadOptions {
  /** Whether it will be trained. Default: false. */
  trainable?: boolean;
  /** Tokens after which a text is cut, special ones included. Default: the model's own. */
  maxSequenceLength?: number;
  /** Seed of what a file does not give. Default: 42. */
  seed?: number;
}

/** A model that has no weights yet. */
export interface NewModel extends LoadOptions {
  /** The content of `config.json`. */
  config: JsonObject;
  /** Its tokenizer. */
  tokenizer: Tokenizer;
}

/** How texts are embedded. */
export interface EncodeOptions {
  /** Texts of one batch. Default: as many as make about 4,096 tokens. */
  batchSize?: number;
  /** Text to put before every text; wins over `promptName`. */
  prompt?: string;
  /** Which of the model's prompts to put before every text. Default: the model's default prompt. */
  promptName?: string;
  /** How the operands of linear layers are stored. Default: "f32". */
  precision?: Precision;
  /** Called with the number of texts embedded so far. */
  onProgress?: (done: number) => void;
}
