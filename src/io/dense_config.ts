/**
 * `2_Dense/config.json`: a linear layer with an activation.
 *
 * @module
 */
import { z } from "zod";
import { InputError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import { checkJson, type JsonObject } from "./json.ts";

/** What follows the linear layer; `"identity"` is nothing. */
export type DenseActivation = "tanh" | "identity" | "relu" | "gelu" | "silu" | "sigmoid";

/** Names under which files have them, the one that is written first. */
const NAMES: Readonly<Record<DenseActivation, readonly string[]>> = {
  tanh: ["torch.nn.modules.activation.Tanh", "torch.nn.Tanh"],
  identity: ["torch.nn.modules.linear.Identity", "torch.nn.Identity"],
  relu: ["torch.nn.modules.activation.ReLU", "torch.nn.ReLU"],
  gelu: ["torch.nn.modules.activation.GELU", "torch.nn.GELU"],
  silu: ["torch.nn.modules.activation.SiLU", "torch.nn.SiLU"],
  sigmoid: ["torch.nn.modules.activation.Sigmoid", "torch.nn.Sigmoid"],
};

/** A linear layer with an activation. */
export interface DenseConfig {
  /** Columns in. */
  readonly inFeatures: number;
  /** Columns out. */
  readonly outFeatures: number;
  /** Whether it adds a vector. */
  readonly bias: boolean;
  /** What follows the linear layer. */
  readonly activation: DenseActivation;
  /** Whether its argument is added, by a linear layer of its own where the widths differ. */
  readonly residual: boolean;
}

const schema = z.object({
  in_features: z.int().min(1),
  out_features: z.int().min(1),
  bias: z.boolean().default(true),
  activation_function: z.string().default(NAMES.tanh[0]),
  use_residual: z.boolean().default(false),
});

/**
 * Reads the configuration.
 *
 * @param value The parsed file.
 * @param source Its name, for error messages.
 * @returns The layer.
 * @throws {InputError} When a value has the wrong type or the activation is not among the known ones.
 */
export function parseDenseConfig(value: JsonObject, source: string): DenseConfig {
  const config = checkJson(schema, value, source);
  const name = config.activation_function;
  const activation = (Object.keys(NAMES) as DenseActivation[])
    .find((candidate) => NAMES[candidate].includes(name));
  if (activation === undefined) {
    const known = Object.values(NAMES).map(([written]) => written);
    const guess = nearest(name, known);
    throw new InputError(
      `Cannot read ${source}: activation_function is "${name}", wanted one of ${known.join(", ")}${
        guess === null ? "" : `; the nearest is "${guess}"`
      }`,
    );
  }
  return {
    inFeatures: config.in_features,
    outFeatures: config.out_features,
    bias: config.bias,
    activation,
    residual: config.use_residual,
  };
}

/**
 * Spells the configuration as sentence-transformers 3 does; only a residual sum needs a key that it does
 * not know.
 *
 * @param dense The layer.
 * @returns The object to write.
 */
export function encodeDenseConfig(dense: DenseConfig): JsonObject {
  return {
    in_features: dense.inFeatures,
    out_features: dense.outFeatures,
    bias: dense.bias,
    activation_function: NAMES[dense.activation][0],
    ...(dense.residual ? { use_residual: true } : {}),
  };
}
