/**
 * A sentence encoder: tokenizer, transformer and what follows it.
 *
 * @module
 */
import type { PackedBatch } from "../data/collator.ts";
import type { Tokenizer } from "../data/tokenizer.ts";
import type { Embedder, Embeddings, SearchHits, SearchOptions } from "../evaluators/embedder.ts";
import type { Similarity } from "../evaluators/similarity.ts";
import type { Gpu } from "../gpu/device.ts";
import { ParameterStore } from "../gpu/parameter_slab.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { JsonObject } from "../io/json.ts";
import type { ModelDirectory } from "../io/read_model_directory.ts";
import type { NamedArray } from "../io/safetensors.ts";
import type { SavedModel } from "../io/write_model_directory.ts";
import type { Tape } from "../ops/tape.ts";
import { Adapter } from "./adapter.ts";
import { checkLength } from "./check_length.ts";
import { encodeWithPrompt } from "./encode_with_prompt.ts";
import type { EncodeOptions, LoadOptions, ModelInit, NewModel } from "./model_options.ts";
import { type ModelSettings, newSettings, settingsOf } from "./model_settings.ts";
import { ModuleChain } from "./module_chain.ts";
import { newPooler } from "./new_pooler.ts";
import { readModel } from "./read_model.ts";
import { savedModel } from "./saved_model.ts";
import { search } from "./search.ts";
import { tokenizerOf, withoutSpecialTokens } from "./tokenizer_files.ts";
import { WeightReader } from "./weight_reader.ts";

export type { EncodeOptions, LoadOptions, NewModel };

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
  /**
   * What is trained and saved in place of its parameters; null for nothing.
   *
   * @internal
   */
  adapter: Adapter | null;
  /** Its tokenizer. */
  readonly tokenizer: Tokenizer;
  /** Tokens after which a text is cut, special ones included. */
  readonly maxSequenceLength: number;
  /** The content of its `config.json`. */
  readonly config: JsonObject;
  /** @internal The encoder, or the table of token vectors, that it begins with. */
  readonly first: ModuleChain["first"];
  readonly #settings: ModelSettings;
  readonly #chain: ModuleChain;
  readonly #pooler: ReadonlyMap<string, NamedArray>;
  /** With the special tokens that a table does not want; for saving. */
  readonly #fullTokenizer: Tokenizer;

  private constructor(
    gpu: Gpu,
    source: string,
    { config, tokenizer, seed = 42, maxSequenceLength, trainable = false, ...init }: ModelInit,
    settings: ModelSettings,
    directory: Pick<ModelDirectory, "weights" | "maxSequenceLength"> | null,
  ) {
    this.gpu = gpu;
    this.config = config;
    this.#settings = settings;
    this.store = new ParameterStore(gpu, { prefix: init.storePrefix });
    const { modules } = settings;
    const chain = this.#chain = new ModuleChain(this.store, { config, modules, seed, source });
    this.#fullTokenizer = tokenizer;
    this.first = chain.first;
    this.tokenizer = chain.isStatic ? withoutSpecialTokens(tokenizer) : tokenizer;
    chain.checkVocabulary(this.tokenizer.vocabularySize, source);
    const { maxPositions, prefix, width } = chain.first;
    checkLength(this.tokenizer, maxSequenceLength ?? maxPositions, { maxPositions, source });
    const wanted = maxSequenceLength ?? directory?.maxSequenceLength ?? Infinity;
    this.maxSequenceLength = Math.min(maxPositions, wanted);
    const reader = directory && new WeightReader(directory.weights, prefix, this.store.parameters);
    this.#pooler = reader?.pooler() ?? newPooler(config, { width, seed });
    this.adapter = Adapter.of(this.store, init.adapterInit, { gpu, trainable, seed });
    try {
      const trains = trainable && this.adapter === null;
      this.store.allocate((part) => reader?.has(part) ? reader.pieces(part) : null, trains);
    } catch (error) {
      this.destroy();
      throw error;
    }
  }

  /**
   * Reads a model that sentence-transformers or this program saved, or a plain encoder in the layout of
   * Hugging Face, which is pooled by its mean.
   *
   * @param gpu The device.
   * @param path The directory, or a name on the hub such as `org/name` or `org/name@revision`.
   * @param options How to find it and to bring it to the GPU.
   * @returns The model.
   * @throws {InputError} If it is not there, or a file is missing, damaged or not supported.
   */
  static async load(
    gpu: Gpu,
    path: string,
    options: LoadOptions = {},
  ): Promise<SentenceTransformer> {
    const { directory, source } = await readModel(path, options);
    const tokenizer = tokenizerOf(directory.tokenizer);
    const adapterInit = Adapter.initOf(directory, options, source);
    const model = { ...options, config: directory.config, tokenizer, adapterInit };
    const settings = settingsOf(directory, options);
    return new SentenceTransformer(gpu, source, model, settings, directory);
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
    return new SentenceTransformer(gpu, "the new model", model, newSettings(model), null);
  }

  /** Length of an embedding that {@linkcode encode} gives. */
  get dimension(): number {
    return Math.min(this.fullDimension, this.#settings.truncateDim ?? Infinity);
  }

  /** Length of an embedding that {@linkcode embed} gives, which `truncateDim` does not cut. */
  get fullDimension(): number {
    return this.#chain.width;
  }

  /** The score by which its embeddings are meant to be compared. */
  get similarity(): Similarity {
    return this.#settings.similarity;
  }

  /**
   * Modules, prompts, similarity and dimensions.
   * @internal
   */
  get settings(): ModelSettings {
    return this.#settings;
  }

  /**
   * Whether a text without a token has an embedding.
   * @internal
   */
  get takesEmptyTexts(): boolean {
    return this.#chain.isStatic;
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
   * @internal
   */
  spell(text: string): string {
    return this.#settings.doLowerCase ? text.toLowerCase() : text;
  }

  /**
   * How many of a text's first tokens pooling leaves out because of a prompt before it: those of the prompt
   * alone, but for the special token at its end.
   *
   * @internal
   * @param prompt The prompt.
   * @returns The number; 0 where the pooling takes all tokens.
   */
  promptLength(prompt: string): number {
    if (prompt === "" || !this.#chain.excludesPrompt) return 0;
    const ids = this.tokenize(prompt);
    return ids.at(-1) === this.tokenize("").at(-1) ? ids.length - 1 : ids.length;
  }

  /**
   * Embeds a batch, differentiably.
   *
   * @param tape Runs and records.
   * @param batch Token ids of S sequences.
   * @returns Embeddings, [S, C].
   */
  embed(tape: Tape, batch: PackedBatch): Tensor {
    return this.#chain.embed(tape, batch);
  }

  /**
   * Embeds a batch as if the encoder ended after its first layer, after its second, and so on.
   *
   * @param tape Runs and records.
   * @param batch Token ids of S sequences.
   * @returns For each layer embeddings, [S, C]; the last are those of {@linkcode embed}.
   * @throws {UsageError} If the model has no layers.
   */
  embedLayers(tape: Tape, batch: PackedBatch): Tensor[] {
    return this.#chain.embedLayers(tape, batch);
  }

  /**
   * Embeds texts.
   *
   * @param texts Any number of texts.
   * @param options Batch size, prompt, dimensions and scaling, and what to give: one vector a text, or with
   *   `outputValue: "token_embeddings"` for each text one vector a token, neither cut nor scaled.
   * @returns One row a text, in the order of the texts; or for each text one row a token.
   * @throws {UsageError} If the model has no prompt of that name, or no token vectors.
   * @throws {RangeError} If the batch size or the number of dimensions is not a positive integer.
   */
  encode(
    texts: readonly string[],
    options?: EncodeOptions & { outputValue?: "sentence_embedding" },
  ): Promise<Embeddings>;
  /** Gives the token vectors of texts. */
  encode(
    texts: readonly string[],
    options: EncodeOptions & { outputValue: "token_embeddings" },
  ): Promise<Embeddings[]>;
  async encode(
    texts: readonly string[],
    options: EncodeOptions & { outputValue?: "sentence_embedding" | "token_embeddings" } = {},
  ): Promise<Embeddings | Embeddings[]> {
    return await encodeWithPrompt(this, this.#chain, { texts, options });
  }

  /**
   * Finds the best rows of a corpus for each query; both may be larger than the device's memory.
   *
   * @param queries Embeddings, [Q, C].
   * @param corpus Embeddings, [M, C].
   * @param options How many rows to find, and by which score.
   * @returns The best rows, higher scores first, equal ones by lower row; a NaN is never among them.
   * @throws {RangeError} If k is not a positive integer, or the shapes do not fit.
   */
  search(queries: Embeddings, corpus: Embeddings, options: SearchOptions): Promise<SearchHits> {
    return search(this.gpu, queries, { corpus, ...options });
  }

  /**
   * Reads the weights back, for saving.
   *
   * @internal
   * @param card The text of the model card.
   * @param merge Whether an adapter's updates are to be in the weights. Default: false.
   * @returns What a model directory is written from.
   */
  toSavedModel(card: string, merge = false): Promise<SavedModel> {
    return savedModel(this, { pooler: this.#pooler, tokenizer: this.#fullTokenizer, card, merge });
  }

  /**
   * Adds the adapter's updates to the weights, which leaves a plain model; destroy its trainer before.
   *
   * @throws {UsageError} If the model has no adapter.
   */
  mergeAdapter(): void {
    this.adapter = Adapter.merge(this.adapter);
  }

  /**
   * Copies the model, to train the copy beside it.
   *
   * @internal
   * @param prefix What stands before the names of the copy's parameters.
   * @returns The copy, with parameters of its own.
   */
  clone(prefix: string): SentenceTransformer {
    Adapter.refuseCopy(this.adapter);
    const { gpu, config, maxSequenceLength } = this;
    const own = { config, maxSequenceLength, tokenizer: this.#fullTokenizer };
    const model = { ...own, trainable: true, storePrefix: prefix };
    const copy = new SentenceTransformer(gpu, "the copy", model, this.#settings, null);
    const { slabs } = copy.store;
    this.store.slabs.forEach(({ values }, i) => gpu.recorder.copy(values, slabs[i].values));
    return copy;
  }

  /** Frees its parameters. */
  destroy(): void {
    this.store.destroy();
    this.adapter?.destroy();
  }
}
