/**
 * `1_Pooling/config.json`: how token vectors become one sentence vector, in the spelling of
 * sentence-transformers 3 (one flag a mode) and of its newest releases (a list of modes).
 *
 * @module
 */
import { z } from "zod";
import { InputError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { checkJson, type JsonObject } from "./json.ts";

/** A way to make one vector of a sequence of token vectors, named as sentence-transformers does. */
export type PoolingMode =
  | "cls"
  | "max"
  | "mean"
  | "mean_sqrt_len_tokens"
  | "weightedmean"
  | "lasttoken";

/** The flag of each mode, in the order in which flags concatenate. */
const FLAGS: Readonly<Record<PoolingMode, string>> = {
  cls: "pooling_mode_cls_token",
  max: "pooling_mode_max_tokens",
  mean: "pooling_mode_mean_tokens",
  mean_sqrt_len_tokens: "pooling_mode_mean_sqrt_len_tokens",
  weightedmean: "pooling_mode_weightedmean_tokens",
  lasttoken: "pooling_mode_lasttoken",
};

/** The order in which earlier releases wrote the flags. */
const WRITTEN_ORDER: readonly PoolingMode[] = [
  "cls",
  "mean",
  "max",
  "mean_sqrt_len_tokens",
  "weightedmean",
  "lasttoken",
];

/** All pooling modes, in the order in which flags concatenate. */
export const POOLING_MODES: readonly PoolingMode[] = Object.keys(FLAGS) as PoolingMode[];

/** How token vectors become one sentence vector. */
export interface PoolingConfig {
  /** One or more modes; their vectors are concatenated in this order. */
  readonly modes: readonly PoolingMode[];
  /** Whether the tokens of a prompt take part. */
  readonly includePrompt: boolean;
}

const schema = z.looseObject({
  pooling_mode: z.union([z.string(), z.array(z.string()).min(1)]).optional(),
  include_prompt: z.boolean().default(true),
});

/**
 * Reads a pooling configuration. Without any active mode it is the mean, as upstream.
 *
 * @param value The parsed file.
 * @param source Its name, for error messages.
 * @returns Modes and whether prompts take part.
 * @throws {InputError} When a value has the wrong type or a mode is unknown.
 */
export function parsePoolingConfig(value: JsonObject, source: string): PoolingConfig {
  const { pooling_mode: named, include_prompt: includePrompt } = checkJson(schema, value, source);
  if (named === undefined) {
    const active = POOLING_MODES.filter((mode) => value[FLAGS[mode]] === true);
    return { modes: active.length > 0 ? active : ["mean"], includePrompt };
  }
  const modes = [named].flat().map((mode) => {
    if (isPoolingMode(mode)) return mode;
    const guess = nearest(mode, POOLING_MODES);
    throw new InputError(
      `Cannot read ${source}: pooling mode "${mode}" is unknown; known are ` +
        POOLING_MODES.join(", ") + (guess === null ? "" : `; the nearest is "${guess}"`),
    );
  });
  return { modes, includePrompt };
}

function isPoolingMode(name: string): name is PoolingMode {
  return Object.hasOwn(FLAGS, name);
}

/**
 * Spells a pooling configuration as sentence-transformers 3 does, which every later release reads.
 * Flags cannot express an order of modes other than their own; such a configuration is spelled as
 * the newest releases do.
 *
 * @param pooling Modes and whether prompts take part.
 * @param dimension Width of a token vector.
 * @returns The object to write.
 */
export function encodePoolingConfig(pooling: PoolingConfig, dimension: number): JsonObject {
  const { modes, includePrompt } = pooling;
  const ranks = modes.map((mode) => POOLING_MODES.indexOf(mode));
  if (ranks.some((rank, index) => index > 0 && rank <= ranks[index - 1])) {
    return { embedding_dimension: dimension, pooling_mode: modes, include_prompt: includePrompt };
  }
  const flags = WRITTEN_ORDER.map((mode) => [FLAGS[mode], modes.includes(mode)]);
  return {
    word_embedding_dimension: dimension,
    ...Object.fromEntries(flags),
    include_prompt: includePrompt,
  };
}
