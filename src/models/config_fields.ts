/**
 * Fields that the configurations of encoders share, and what the kernels ask of them.
 *
 * @module
 */
import { z } from "zod";
import type { HiddenActivation } from "../ops/hidden_activation.ts";

/** Kernels count in 32 bits. */
const MOST = 2 ** 31 - 1;

/** A number of things of which there is at least one. */
export const count: z.ZodInt = z.int().min(1).max(MOST);

/** A number of layers, several times that of any published encoder: each is declared, asked for or not. */
export const layerCount: z.ZodInt = z.int().min(1).max(1024);

/** A probability of dropping something. */
export const probability: z.ZodNumber = z.number().min(0).lt(1);

/** A token id. */
export const tokenId: z.ZodInt = z.int().min(0).max(MOST);

/** The activations by the names that transformers has for them. */
const ACTIVATIONS = {
  gelu: "gelu",
  gelu_python: "gelu",
  gelu_new: "gelu_tanh",
  gelu_pytorch_tanh: "gelu_tanh",
  relu: "relu",
  silu: "silu",
  swish: "silu",
} as const satisfies Record<string, HiddenActivation>;

/** The name of an activation in a configuration. */
export type ActivationName = keyof typeof ACTIVATIONS;

/** The field that names an activation. */
export const activation: z.ZodEnum<{ [name in ActivationName]: name }> = z.enum(
  Object.fromEntries(Object.keys(ACTIVATIONS).map((name) => [name, name])) as {
    [name in ActivationName]: name;
  },
);

/**
 * The kernel of an activation.
 *
 * @param name Its name in a configuration.
 * @returns What ops call it.
 */
export function activationOf(name: ActivationName): HiddenActivation {
  return ACTIVATIONS[name];
}

/** The names of an encoder's sizes in its configuration. */
export interface SizeKeys<T> {
  /** Columns of a token vector. */
  width: keyof T & string;
  /** Heads. */
  heads: keyof T & string;
  /** Columns between the feed-forward layers. */
  inner: keyof T & string;
  /** What a head's columns must be a multiple of. Default: 4. */
  multiple?: number;
}

/**
 * Asks for sizes that the kernels take.
 *
 * @param schema The fields.
 * @param keys Which of them are sizes.
 * @returns The schema with the conditions.
 */
export function withSizes<T extends object>(
  schema: z.ZodType<T>,
  { width, heads, inner, multiple = 4 }: SizeKeys<T>,
): z.ZodType<T> {
  const number = (config: T, key: keyof T) => config[key] as number;
  return schema.refine((config) => number(config, width) % number(config, heads) === 0, {
    path: [heads],
    message: `does not divide ${width}`,
  }).refine((config) => {
    const columns = number(config, width) / number(config, heads);
    return columns % multiple === 0 && columns <= 128;
  }, {
    path: [heads],
    message: `${width} over it is the width of a head, wanted a multiple of ${multiple} up to 128`,
  }).refine((config) => number(config, inner) % 4 === 0, {
    path: [inner],
    message: "wanted a multiple of 4",
  });
}
