/**
 * The modules that follow the first one of a model, and the `config.json` of each.
 *
 * @module
 */
import { z } from "zod";
import { InputError } from "../errors.ts";
import { type DenseConfig, encodeDenseConfig, parseDenseConfig } from "./dense_config.ts";
import { checkJson, type JsonObject } from "./json.ts";
import { encodePoolingConfig, parsePoolingConfig, type PoolingConfig } from "./pooling_config.ts";

/** A module that follows the first one. */
export type ModuleConfig =
  | { readonly type: "Pooling" } & PoolingConfig
  | { readonly type: "Dense" } & DenseConfig
  | { readonly type: "Normalize" }
  | {
    readonly type: "Dropout";
    /** Probability of dropping an element. */
    readonly probability: number;
  }
  | {
    readonly type: "LayerNorm";
    /** Columns of a vector. */
    readonly dimension: number;
  };

/** The types of such modules. */
export const MODULE_TYPES: readonly ModuleConfig["type"][] = [
  "Pooling",
  "Dense",
  "Normalize",
  "Dropout",
  "LayerNorm",
];

/** What a module finds when its turn comes. */
export interface ModulePlace {
  /** Whether there is one vector a text by then, and no more one a token. */
  readonly pooled: boolean;
  /** Columns of a vector, where they are known. */
  readonly width: number;
}

const nameSchema = z.object({
  module_input_name: z.string().nullish(),
  module_output_name: z.string().nullish(),
});
const dropoutSchema = z.object({ dropout: z.number().min(0).lt(1).default(0.2) });
const layerNormSchema = z.object({ dimension: z.int().min(1) });

/**
 * Reads the configuration of a module.
 *
 * @param type What module it is.
 * @param value The parsed file; an empty object stands for a missing one.
 * @param options The file's name, for error messages, and whether there is one vector a text by then.
 * @returns The module.
 * @throws {InputError} When a value has no sense, or the module works on what is not there by then.
 */
export function parseModuleConfig(
  type: ModuleConfig["type"],
  value: JsonObject,
  { source, pooled }: { source: string; pooled: boolean },
): ModuleConfig {
  if (type === "Pooling") return { type, ...parsePoolingConfig(value, source) };
  checkNames(value, { type, source, pooled });
  switch (type) {
    case "Dense":
      return { type, ...parseDenseConfig(value, source) };
    case "Normalize":
      return { type };
    case "Dropout":
      return { type, probability: checkJson(dropoutSchema, value, source).dropout };
    case "LayerNorm":
      return { type, dimension: checkJson(layerNormSchema, value, source).dimension };
  }
}

/** The newest releases let some modules name what they work on; others work on one vector a text. */
function checkNames(
  value: JsonObject,
  { type, source, pooled }: { type: string; source: string; pooled: boolean },
): void {
  const names = checkJson(nameSchema, value, source);
  const input = names.module_input_name ?? "sentence_embedding";
  const output = names.module_output_name ?? input;
  const wanted = pooled ? "sentence_embedding" : "token_embeddings";
  const named = type === "Dense" || type === "Normalize";
  if ((named || !pooled) && (input !== wanted || output !== wanted)) {
    const found = input === output ? `"${input}"` : `"${input}" to "${output}"`;
    throw new InputError(
      `Cannot read ${source}: the ${type} takes ${found}, wanted "${wanted}" where it stands, ` +
        `${pooled ? "behind" : "before"} the pooling`,
    );
  }
}

/**
 * Spells the configuration of a module as sentence-transformers 3 does.
 *
 * @param module The module.
 * @param place What it finds.
 * @returns The object to write; null for none.
 */
export function encodeModuleConfig(
  module: ModuleConfig,
  { pooled, width }: ModulePlace,
): JsonObject | null {
  const names = pooled
    ? {}
    : { module_input_name: "token_embeddings", module_output_name: "token_embeddings" };
  switch (module.type) {
    case "Pooling":
      return encodePoolingConfig(module, width);
    case "Dense":
      return { ...encodeDenseConfig(module), ...names };
    case "Normalize":
      // Nothing lies in its directory, as upstream; readers take its absence for the same.
      return pooled ? null : names;
    case "Dropout":
      return { dropout: module.probability };
    case "LayerNorm":
      return { dimension: module.dimension };
  }
}

/**
 * What a module leaves for the next one.
 *
 * @param module The module.
 * @param place What it finds.
 * @returns The place of the next.
 */
export function placeAfter(module: ModuleConfig, { pooled, width }: ModulePlace): ModulePlace {
  switch (module.type) {
    case "Pooling":
      return { pooled: true, width: width * module.modes.length };
    case "Dense":
      return { pooled, width: module.outFeatures };
    default:
      return { pooled, width };
  }
}
