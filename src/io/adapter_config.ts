/**
 * The configuration of low-rank adapters, `adapter_config.json`, as PEFT writes it.
 *
 * @module
 */
import { z } from "zod";
import { checkJson, type JsonObject } from "./json.ts";

/** What decides what an adapter computes. */
export interface AdapterConfig {
  /** Rank of the updates. */
  readonly r: number;
  /** Numerator of their factor. */
  readonly lora_alpha: number;
  /** Probability of dropping an element of what an update reads. */
  readonly lora_dropout: number;
  /** Names of the layers or their ends, or a regular expression over whole names. */
  readonly target_modules: string | readonly string[];
  /** Whether the factor is lora_alpha / sqrt(r) in place of lora_alpha / r. */
  readonly use_rslora: boolean;
  /** The model that is adapted. */
  readonly base_model_name_or_path: string;
}

const off = z.literal(false).default(false);
const empty = z.union([z.null(), z.array(z.never()), z.strictObject({})]).optional();

/** The keys that matter; those at the end would change what is computed and are not supported. */
const SCHEMA = z.object({
  peft_type: z.literal("LORA"),
  r: z.number().int().positive().default(8),
  lora_alpha: z.number().positive().default(8),
  lora_dropout: z.number().min(0).lt(1).default(0),
  target_modules: z.union([z.string(), z.array(z.string())]),
  use_rslora: z.boolean().default(false),
  base_model_name_or_path: z.string(),
  bias: z.literal("none").default("none"),
  fan_in_fan_out: off,
  use_dora: off,
  lora_bias: off,
  rank_pattern: empty,
  alpha_pattern: empty,
  modules_to_save: empty,
});

/**
 * Reads the configuration of an adapter.
 *
 * @param value The content of the file.
 * @param source Its name, for messages.
 * @returns What it says.
 * @throws {InputError} If it has no sense, or asks for what is not supported.
 */
export function parseAdapterConfig(value: JsonObject, source: string): AdapterConfig {
  const { r, lora_alpha, lora_dropout, target_modules, use_rslora, base_model_name_or_path } =
    checkJson(SCHEMA, value, source);
  return { r, lora_alpha, lora_dropout, target_modules, use_rslora, base_model_name_or_path };
}

/**
 * Encodes the configuration of an adapter of a sentence encoder.
 *
 * @param config What it says.
 * @returns The content of the file.
 */
export function encodeAdapterConfig(config: AdapterConfig): JsonObject {
  return {
    ...config,
    peft_type: "LORA",
    task_type: "FEATURE_EXTRACTION",
    bias: "none",
    fan_in_fan_out: false,
    inference_mode: true,
  };
}
