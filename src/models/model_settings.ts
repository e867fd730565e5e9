/**
 * What a model has beside its weights, its architecture and its tokenizer.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import { firstModule } from "../io/model_modules.ts";
import type { PoolingConfig } from "../io/pooling_config.ts";
import type { ModelDirectory } from "../io/read_model_directory.ts";
import type { ModelWeights } from "../io/read_model_weights.ts";
import { checkTruncateDim } from "./encode_texts.ts";
import type { LoadOptions, NewModel } from "./model_options.ts";

/** Modules after the first, prompts, similarity, dimensions and the case of texts. */
export type ModelSettings = Omit<
  ModelDirectory,
  "config" | "weights" | "adapter" | "tokenizer" | "maxSequenceLength"
>;

const MEAN: { readonly type: "Pooling" } & PoolingConfig = {
  type: "Pooling",
  modes: ["mean"],
  includePrompt: true,
};

/**
 * The settings of a model that is read.
 *
 * @param directory What its files tell.
 * @param options What the caller wants instead.
 * @returns The settings; not the directory itself, which would keep the weights in memory.
 * @throws {RangeError} If the number of dimensions is not a positive integer.
 */
export function settingsOf(directory: ModelDirectory, options: LoadOptions): ModelSettings {
  const { doLowerCase, prompts, defaultPromptName, similarity } = directory;
  return {
    modules: options.modules ?? directory.modules,
    doLowerCase,
    prompts,
    defaultPromptName,
    similarity,
    truncateDim: checkTruncateDim(options.truncateDim) ?? directory.truncateDim,
  };
}

/**
 * The weights of a model that is read: where the caller wants other modules than the directory's, they
 * begin with values of the seed.
 *
 * @param directory What its files hold.
 * @param options What the caller wants instead.
 * @returns The files.
 */
export function weightsOf({ weights }: ModelDirectory, { modules }: LoadOptions): ModelWeights {
  return modules === undefined ? weights : new Map([["", weights.get("")!]]);
}

/**
 * The settings of a model that is made: cosine similarity, and mean pooling after an encoder.
 *
 * @param model What the caller wants.
 * @returns The settings.
 * @throws {UsageError} If it is to have an adapter.
 * @throws {RangeError} If the number of dimensions is not a positive integer.
 */
export function newSettings({ config, modules, truncateDim, adapter }: NewModel): ModelSettings {
  if (adapter !== undefined) {
    throw new UsageError(
      "Cannot make a new model with an adapter: its files name the directory of the model that is adapted; save the model, and load it with the adapter",
    );
  }
  return {
    modules: modules ?? (firstModule(config) === "Transformer" ? [MEAN] : []),
    doLowerCase: false,
    prompts: {},
    defaultPromptName: null,
    similarity: "cosine",
    truncateDim: checkTruncateDim(truncateDim) ?? null,
  };
}
