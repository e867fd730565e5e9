/**
 * All modules of a model: what it begins with and what follows.
 *
 * @module
 */
import type { PackedBatch } from "../data/collator.ts";
import { InputError, UsageError } from "../errors.ts";
import type { ParameterStore } from "../gpu/parameter_slab.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { JsonObject } from "../io/json.ts";
import { firstModule } from "../io/model_modules.ts";
import type { ModuleConfig } from "../io/module_config.ts";
import { type PackedInput, uploadPackedInput } from "../nn/packed_input.ts";
import { StaticEmbedding } from "../nn/static_embedding.ts";
import type { Tape } from "../ops/tape.ts";
import type { Encoder } from "./encoder.ts";
import { createEncoder } from "./names.ts";
import { SentenceModules, type Sequences } from "./sentence_modules.ts";

/** What a {@linkcode ModuleChain} is made of. */
export interface ModuleChainInit {
  /** The content of `config.json`. */
  readonly config: JsonObject;
  /** What follows the first module. */
  readonly modules: readonly ModuleConfig[];
  /** Seed of initial values. */
  readonly seed: number;
  /** The model's name, for messages. */
  readonly source: string;
}

/** Token ids to embeddings: an encoder and a pooling, or a table of token vectors, and more. */
export class ModuleChain {
  readonly #first: Encoder | StaticEmbedding;
  readonly #others: SentenceModules;

  /**
   * Declares the parameters.
   *
   * @param store Where they live.
   * @param init Configuration, seed and name.
   * @throws {InputError} If the configuration has no sense, or the modules make no embedding of a text.
   */
  constructor(store: ParameterStore, { config, modules, seed, source }: ModuleChainInit) {
    const first = firstModule(config);
    const name = `${source}/config.json`;
    this.#first = first === "Transformer"
      ? createEncoder(store, config, seed, name)
      : new StaticEmbedding(store, config, seed, name);
    const { width } = this.#first;
    this.#others = new SentenceModules(store, { modules, first, width, seed, source });
  }

  /** What it begins with. */
  get first(): Encoder | StaticEmbedding {
    return this.#first;
  }

  /** Whether it begins with a table, which wants no special tokens and takes texts without a token. */
  get isStatic(): boolean {
    return this.#first instanceof StaticEmbedding;
  }

  /** Columns of an embedding. */
  get width(): number {
    return this.#others.width;
  }

  /** Columns of a token vector that the pooling gets. */
  get tokenWidth(): number {
    return this.#others.tokenWidth;
  }

  /** Whether the pooling leaves out the tokens of a prompt. */
  get excludesPrompt(): boolean {
    return this.#others.excludesPrompt;
  }

  /**
   * Checks that a tokenizer gives ids that the model has.
   *
   * @param size The size of its vocabulary.
   * @param source The model's name, for the message.
   * @throws {InputError} If it has more tokens.
   */
  checkVocabulary(size: number, source: string): void {
    const { vocabularySize } = this.#first;
    if (size <= vocabularySize) return;
    throw new InputError(
      `Cannot load ${source}: its tokenizer has ${size} tokens, its model ${vocabularySize}`,
    );
  }

  /** Makes one vector a text: [S, width]. */
  embed(tape: Tape, batch: PackedBatch): Tensor {
    const first = this.#first;
    return tape.scope(() => {
      if (first instanceof StaticEmbedding) {
        return this.#others.forward(tape, first.forward(tape, batch), null);
      }
      const input = uploadPackedInput(tape, batch);
      const sequences = this.#sequences(tape, batch, input);
      return this.#others.forward(tape, first.forward(tape, input), sequences);
    });
  }

  /**
   * Makes one vector a text of what each layer gives.
   *
   * @param tape Runs and records.
   * @param batch Token ids of S sequences.
   * @returns For each layer [S, width].
   * @throws {UsageError} If there are no layers.
   */
  embedLayers(tape: Tape, batch: PackedBatch): Tensor[] {
    const encoder = this.#encoder("embed a batch by layers");
    const input = uploadPackedInput(tape, batch);
    const sequences = this.#sequences(tape, batch, input);
    return encoder.forwardLayers(tape, input)
      .map((hidden) => tape.scope(() => this.#others.forward(tape, hidden, sequences)));
  }

  /**
   * Makes one vector a token.
   *
   * @param tape Runs and records.
   * @param batch T tokens.
   * @returns [T, tokenWidth].
   * @throws {UsageError} If the model has embeddings of texts alone.
   */
  embedTokens(tape: Tape, batch: PackedBatch): Tensor {
    const encoder = this.#encoder("give token embeddings");
    return tape.scope(() =>
      this.#others.forwardTokens(tape, encoder.forward(tape, uploadPackedInput(tape, batch)))
    );
  }

  #encoder(purpose: string): Encoder {
    if (!(this.#first instanceof StaticEmbedding)) return this.#first;
    throw new UsageError(
      `Cannot ${purpose}: the model begins with a StaticEmbedding, wanted a Transformer`,
    );
  }

  #sequences(tape: Tape, batch: PackedBatch, { sequenceStarts }: PackedInput): Sequences {
    const lengths = this.excludesPrompt ? batch.promptLengths : undefined;
    const promptLengths = lengths === undefined
      ? null
      : tape.upload([lengths.length], lengths, "prompt lengths");
    return { sequenceStarts, promptLengths };
  }
}
