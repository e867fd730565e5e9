/**
 * What a caller says of low-rank adapters, under PEFT's names.
 *
 * @module
 */
import { z } from "zod";
import { UsageError } from "../errors.ts";
import type { AdapterConfig } from "../io/adapter_config.ts";
import { nearest } from "../nearest.ts";

/**
 * Low-rank updates of linear layers, which are trained in place of the model's own parameters. Source:
 * `LoraConfig` of PEFT.
 */
export interface LoraConfig {
  /** Rank of the updates. Default: 8. */
  r?: number;
  /** The updates count lora_alpha / r. Default: 8. */
  lora_alpha?: number;
  /** Probability of dropping an element of what an update reads, in training. Default: 0. */
  lora_dropout?: number;
  /**
   * Which linear layers of the encoder are updated: in a list their names, or the ends of their names
   * from a dot on; otherwise a regular expression over whole names, or "all-linear". Default: the query
   * and value layers; in ModernBERT, which has one for both, that with the keys.
   */
  target_modules?: string | readonly string[];
  /** Whether the updates count lora_alpha / sqrt(r) in place of lora_alpha / r. Default: false. */
  use_rslora?: boolean;
}

const OPTIONS = {
  r: z.number().int().positive().default(8),
  lora_alpha: z.number().positive().default(8),
  lora_dropout: z.number().min(0).lt(1).default(0),
  target_modules: z.union([z.string().min(1), z.array(z.string()).min(1)]).optional(),
  use_rslora: z.boolean().default(false),
};

/** PEFT knows those of BERT and RoBERTa; those of the others follow their names of the same layers. */
const QUERY_AND_VALUE: Readonly<Record<string, readonly string[]>> = {
  distilbert: ["q_lin", "v_lin"],
  modernbert: ["Wqkv"],
  mpnet: ["attn.q", "attn.v"],
};

/**
 * Checks what a caller says and fills in what is not given.
 *
 * @param options What was given.
 * @param model The architecture, and the directory of the model that is adapted.
 * @returns All of it.
 * @throws {UsageError} For an unknown option, or a value of another type or out of range.
 */
export function loraConfig(
  options: LoraConfig,
  model: { type: unknown; base: string },
): AdapterConfig {
  const known = Object.keys(OPTIONS);
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(OPTIONS, name)) continue;
    const guess = nearest(name, known);
    throw new UsageError(
      `Cannot set up the adapter: it has no option "${name}"; its options are ${known.join(", ")}${
        guess === null ? "" : `; the nearest is "${guess}"`
      }`,
    );
  }
  const parsed = z.object(OPTIONS).safeParse(options);
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues;
    const found = options[path[0] as keyof LoraConfig];
    throw new UsageError(
      `Cannot set up the adapter: ${path.join(".")} is ${
        JSON.stringify(found) ?? typeof found
      }: ${message}`,
    );
  }
  return {
    ...parsed.data,
    target_modules: parsed.data.target_modules ?? QUERY_AND_VALUE[String(model.type)] ??
      ["query", "value"],
    base_model_name_or_path: model.base,
  };
}

/** The factor of the updates. Source: Kalajdzievski, "A Rank Stabilization Scaling Factor", 2023. */
export function loraScale(
  { r, lora_alpha, use_rslora }: Pick<AdapterConfig, "r" | "lora_alpha" | "use_rslora">,
): number {
  return lora_alpha / (use_rslora ? Math.sqrt(r) : r);
}
