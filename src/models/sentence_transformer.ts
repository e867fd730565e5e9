/**
 * A sentence encoder: tokenizer, transformer, pooling and normalisation.
 *
 * @module
 */
import { collate, type PackedBatch } from "../data/collator.ts";
import { Tokenizer } from "../data/tokenizer.ts";
import { InputError, UsageError } from "../errors.ts";
import type { Embedder, Embeddings } from "../evaluators/embedder.ts";
import type { Similarity } from "../evaluators/similarity.ts";
import type { Gpu } from "../gpu/device.ts";
import { ParameterStore } from "../gpu/parameter_slab.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { JsonObject } from "../io/json.ts";
import { type ModelDirectory, readModelDirectory } from "../io/read_model_directory.ts";
import type { NamedArray } from "../io/safetensors.ts";
import type { SavedModel } from "../io/write_model_directory.ts";
import { uploadPackedInput } from "../nn/packed_input.ts";
import { l2Normalize } from "../ops/l2_normalize.ts";
import { pool } from "../ops/pool.ts";
import { type Precision, Tape } from "../ops/tape.ts";
import { choosePrompt } from "./choose_prompt.ts";
import type { Encoder } from "./encoder.ts";
import type { EncodeOptions, LoadOptions, NewModel } from "./model_options.ts";
import { createEncoder } from "./names.ts";
import { newPooler } from "./new_pooler.ts";
import { packTexts } from "./pack_texts.ts";
import { WeightReader } from "./weight_reader.ts";

export type { EncodeOptions, LoadOptions, NewModel };

type Settings = Omit<ModelDirectory, "config" | "weights" | "tokenizer" | "maxSequenceLength">;

const NEW_MODEL: Settings = {
  pooling: { modes: ["mean"], includePrompt: true },
  normalize: false,
  doLowerCase: false,
  prompts: {},
  defaultPromptName: null,
  similarity: "cosine",
};

/** What one readback of embeddings may take at most. Unit: elements. */
const READBACK = 1 << 22;

/** A sentence encoder on a GPU. */
export class SentenceTransformer implements Embedder {
  /** The device. */
  readonly gpu: Gpu;
  /**
   * Its parameters.
   *
   * @internal
   */
  readonly store: ParameterStore;
  /** Its tokenizer. */
  readonly tokenizer: Tokenizer;
  /** Tokens after which a text is cut, special ones included. */
  readonly maxSequenceLength: number;
  /** The content of its `config.json`. */
  readonly config: JsonObject;
  readonly #settings: Settings;
  readonly #encoder: Encoder;
  readonly #pooler: ReadonlyMap<string, NamedArray>;

  private constructor(
    gpu: Gpu,
    source: string,
    { config, tokenizer, seed = 42, maxSequenceLength, trainable = false }: NewModel,
    settings: Settings,
    directory: ModelDirectory | null,
  ) {
    this.gpu = gpu;
    this.config = config;
    this.tokenizer = tokenizer;
    this.#settings = settings;
    this.store = new ParameterStore(gpu);
    this.#encoder = createEncoder(this.store, config, seed, `${source}/config.json`);
    this.#check(source, maxSequenceLength);
    this.maxSequenceLength = Math.min(
      this.#encoder.maxPositions,
      maxSequenceLength ?? directory?.maxSequenceLength ?? Infinity,
    );
    const reader = directory && new WeightReader(directory.weights, this.#encoder.prefix);
    this.#pooler = reader?.pooler() ?? newPooler(this.#encoder.width, seed);
    try {
      this.store.allocate((part) => reader?.read(part) ?? null, trainable);
    } catch (error) {
      this.store.destroy();
      throw error;
    }
  }

  /**
   * Reads a model: a directory that sentence-transformers or this program saved, or a plain encoder in
   * the layout of Hugging Face, which is pooled by its mean.
   *
   * @param gpu The device.
   * @param path The directory.
   * @param options How to bring it to the GPU.
   * @returns The model.
   * @throws {InputError} If a file is missing, damaged, or asks for what is not supported.
   */
  static async load(
    gpu: Gpu,
    path: string,
    options: LoadOptions = {},
  ): Promise<SentenceTransformer> {
    const directory = await readModelDirectory(path);
    const { json, vocabulary, config: tokenizerConfig } = directory.tokenizer;
    const tokenizer = json !== null
      ? Tokenizer.fromJson(json, tokenizerConfig)
      : Tokenizer.fromVocabulary(vocabulary!, {
        lowercase: tokenizerConfig.do_lower_case !== false,
      });
    const { pooling, normalize, doLowerCase, prompts, defaultPromptName, similarity } = directory;
    // Not the directory itself, which would keep the weights in memory.
    const settings = { pooling, normalize, doLowerCase, prompts, defaultPromptName, similarity };
    const model = { ...options, config: directory.config, tokenizer };
    return new SentenceTransformer(gpu, path, model, settings, directory);
  }

  /**
   * Makes a model with seeded initial weights: mean pooling, cosine similarity.
   *
   * @param gpu The device.
   * @param model Configuration and tokenizer.
   * @returns The model.
   * @throws {InputError} If the configuration has no sense or the tokenizer does not fit it.
   */
  static create(gpu: Gpu, model: NewModel): SentenceTransformer {
    return new SentenceTransformer(gpu, "the new model", model, NEW_MODEL, null);
  }

  /** Length of an embedding, C. */
  get dimension(): number {
    return this.#encoder.width;
  }

  /** The score by which its embeddings are meant to be compared. */
  get similarity(): Similarity {
    return this.#settings.similarity;
  }

  /**
   * Pooling, normalisation, prompts and similarity.
   *
   * @internal
   */
  get settings(): Settings {
    return this.#settings;
  }

  /**
   * Turns a text into token ids, cut at the model's length.
   *
   * @param text The text.
   * @returns Ids; shared, not to be changed.
   */
  tokenize(text: string): Uint32Array<ArrayBuffer> {
    return this.tokenizer.encode(this.spell(text), this.maxSequenceLength);
  }

  /**
   * A text as the tokenizer gets it: in lower case where the model wants that.
   *
   * @internal
   */
  spell(text: string): string {
    return this.#settings.doLowerCase ? text.toLowerCase() : text;
  }

  /**
   * Embeds a batch, differentiably.
   *
   * @param tape Runs and records.
   * @param batch Token ids of S sequences.
   * @returns Embeddings, [S, C].
   */
  embed(tape: Tape, batch: PackedBatch): Tensor {
    const { pooling, normalize } = this.#settings;
    return tape.scope(() => {
      const input = uploadPackedInput(tape, batch);
      const hidden = this.#encoder.forward(tape, input);
      const pooled = pool(tape, {
        hidden,
        sequenceStarts: input.sequenceStarts,
        mode: pooling.modes[0] as "mean",
      });
      return normalize ? l2Normalize(tape, pooled) : pooled;
    });
  }

  /**
   * Embeds texts.
   *
   * @param texts Any number of texts.
   * @param options Batch size and prompt.
   * @returns One row a text, in the order of the texts.
   * @throws {UsageError} If the model has no prompt of that name.
   */
  async encode(texts: readonly string[], options: EncodeOptions = {}): Promise<Embeddings> {
    const prompt = choosePrompt(options, this.#settings);
    const sequences = texts.map((text) => this.tokenize(prompt + text));
    const columns = this.dimension;
    const data = new Float32Array(texts.length * columns);
    const batches = packTexts(sequences, options.batchSize, Math.floor(READBACK / columns));
    let done = 0;
    for (const group of batches) {
      const rows = group.flat();
      const embeddings = await this.#encodeGroup(group, sequences, options.precision);
      rows.forEach((row, i) => {
        data.set(embeddings.subarray(i * columns, (i + 1) * columns), row * columns);
      });
      options.onProgress?.(done += rows.length);
    }
    return { data, rows: texts.length, columns };
  }

  /**
   * Reads the weights back, for saving.
   *
   * @internal
   * @param card The text of the model card.
   * @returns What a model directory is written from.
   */
  async toSavedModel(card: string): Promise<SavedModel> {
    const { tokenizer } = this;
    const vocabulary = tokenizer.toConfig() as { tokenizer_class?: string };
    return {
      ...this.#settings,
      config: this.config,
      weights: new Map<string, NamedArray>([...await this.store.download(), ...this.#pooler]),
      tokenizer: {
        json: tokenizer.toJson() as JsonObject,
        vocabulary: vocabulary.tokenizer_class?.startsWith("Bert") ? tokenizer.vocabulary() : null,
        config: { ...tokenizer.toConfig(), model_max_length: this.maxSequenceLength },
        specialTokensMap: tokenizer.specialTokensMap(),
      },
      maxSequenceLength: this.maxSequenceLength,
      card,
    };
  }

  /** Frees its parameters. */
  destroy(): void {
    this.store.destroy();
  }

  /** Runs batches one after the other and waits once. */
  async #encodeGroup(
    group: readonly (readonly number[])[],
    sequences: readonly Uint32Array<ArrayBuffer>[],
    precision: Precision = "f32",
  ): Promise<Float32Array<ArrayBuffer>> {
    const { gpu, dimension } = this;
    const rows = group.reduce((sum, batch) => sum + batch.length, 0);
    const result = gpu.tensor([rows, dimension], "embeddings");
    let first = 0;
    for (const batch of group) {
      const tape = new Tape(gpu, { precision });
      const texts = { name: "text", sequences: batch.map((row) => sequences[row]) };
      const embedded = this.embed(tape, collate([texts]));
      gpu.recorder.copyInto(embedded, result, first * dimension);
      tape.end();
      gpu.recorder.submit();
      first += batch.length;
    }
    const embeddings = await gpu.read(result);
    gpu.release(result);
    return embeddings;
  }

  #check(source: string, maxSequenceLength: number | undefined): void {
    const { maxPositions, vocabularySize } = this.#encoder;
    const { modes, includePrompt } = this.#settings.pooling;
    if (this.tokenizer.vocabularySize > vocabularySize) {
      throw new InputError(
        `Cannot load ${source}: its tokenizer has ${this.tokenizer.vocabularySize} tokens, its model ${vocabularySize}`,
      );
    }
    if (modes.length > 1 || !["mean", "cls", "max"].includes(modes[0]) || !includePrompt) {
      throw new InputError(
        `Cannot load ${source}: its pooling is ${modes.join(" + ")}${
          includePrompt ? "" : " without the prompt"
        }, wanted one of mean, cls, max with the prompt`,
      );
    }
    const least = this.tokenizer.encode("", maxPositions).length;
    const length = maxSequenceLength ?? maxPositions;
    if (!Number.isInteger(length) || length < least || length > maxPositions) {
      throw new UsageError(
        `Cannot load ${source}: the maximum sequence length is ${length}, wanted a whole number from ${least}, the special tokens, to ${maxPositions}, the model's positions`,
      );
    }
  }
}
