/**
 * The optimizers by the names that `optim` gives them.
 *
 * @module
 */
import { UsageError } from "../errors.ts";
import type { Gpu } from "../gpu/device.ts";
import { nearest } from "../nearest.ts";
import { Adafactor } from "./adafactor.ts";
import { adagrad } from "./adagrad.ts";
import { adamw } from "./adamw.ts";
import { adamwHf } from "./adamw_hf.ts";
import { anyprecisionAdamw, type StateFormat, stateFormats } from "./anyprecision_adamw.ts";
import {
  adamw8bit,
  EightBitOptimizer,
  type EightBitRule,
  lion8bit,
} from "./eight_bit_optimizer.ts";
import { ElementwiseOptimizer, type UpdateRule } from "./elementwise_optimizer.ts";
import { lion } from "./lion.ts";
import { type OptimArgs, type OptimArgsLike, readOptimArgs } from "./optim_args.ts";
import type { Optimizer } from "./optimizer.ts";
import type { ParameterGroups } from "./parameter_groups.ts";
import { rmsprop } from "./rmsprop.ts";
import { sgd } from "./sgd.ts";

/** The upstream name of an optimizer. */
export type OptimizerName =
  | "adamw_hf"
  | "adamw_torch"
  | "adamw_torch_fused"
  | "adamw_torch_xla"
  | "adamw_torch_npu_fused"
  | "adamw_apex_fused"
  | "adafactor"
  | "adamw_anyprecision"
  | "sgd"
  | "adagrad"
  | "adamw_bnb_8bit"
  | "adamw_8bit"
  | "lion_8bit"
  | "lion_32bit"
  | "paged_adamw_32bit"
  | "paged_adamw_8bit"
  | "paged_lion_32bit"
  | "paged_lion_8bit"
  | "rmsprop";

/** Settings of optimizers; each takes what it has a use for. */
export interface OptimizerOptions {
  /** The upstream name. */
  name: string;
  /** Further settings as `name=value,name=value`, or null. */
  optimArgs: string | null;
  /** Decay of the first moment, in [0, 1). */
  beta1: number;
  /** Decay of the second moment, in [0, 1). */
  beta2: number;
  /** Added to the root of the second moment. */
  epsilon: number;
  /** Share of a decayed parameter that goes, times the learning rate. */
  weightDecay: number;
}

/** Makes an optimizer. */
export type OptimizerFactory = (
  gpu: Gpu,
  groups: ParameterGroups,
  options: OptimizerOptions,
) => Optimizer;

/** From a rule, without `optim_args`, to a factory. */
function elementwise(rule: (options: OptimizerOptions) => UpdateRule): OptimizerFactory {
  return configurable({}, rule);
}

/** From a rule with `optim_args`, whose defaults are given, to a factory. */
function configurable<Defaults extends OptimArgs>(
  defaults: Defaults,
  rule: (options: OptimizerOptions, args: OptimArgsLike<Defaults>) => UpdateRule,
): OptimizerFactory {
  return (gpu, groups, options) => {
    const args = readOptimArgs(options.name, options.optimArgs, defaults);
    return new ElementwiseOptimizer(gpu, groups, rule(options, args));
  };
}

function eightBit(rule: (options: OptimizerOptions) => EightBitRule): OptimizerFactory {
  return (gpu, groups, options) => {
    readOptimArgs(options.name, options.optimArgs, {});
    return new EightBitOptimizer(gpu, groups, { rule: rule(options) });
  };
}

const plainAdamw: OptimizerFactory = elementwise(adamw);
const smallAdamw = eightBit(adamw8bit);
const plainLion = elementwise(lion);
const smallLion = eightBit(lion8bit);

/** Upstream reads the formats as attributes of `torch`. */
const anyprecision = configurable(
  {
    use_kahan_summation: false,
    momentum_dtype: "float32",
    variance_dtype: "float32",
    compensation_buffer_dtype: "bfloat16",
  },
  (options, args) =>
    anyprecisionAdamw({
      ...options,
      useKahanSummation: args.use_kahan_summation,
      momentumFormat: stateFormat("momentum_dtype", args.momentum_dtype),
      varianceFormat: stateFormat("variance_dtype", args.variance_dtype),
      compensationFormat: stateFormat("compensation_buffer_dtype", args.compensation_buffer_dtype),
    }),
);

const stochasticDescent: OptimizerFactory = (gpu, groups, options) => {
  const { weight_decay: weightDecay, ...args } = readOptimArgs(options.name, options.optimArgs, {
    momentum: 0,
    dampening: 0,
    weight_decay: options.weightDecay,
    nesterov: false,
  });
  return new ElementwiseOptimizer(gpu, groups, sgd({ ...args, weightDecay }));
};

const factored: OptimizerFactory = (gpu, groups, options) => {
  readOptimArgs(options.name, options.optimArgs, {});
  return new Adafactor(gpu, groups, options);
};

/**
 * Every optimizer; a new one is added here. Nothing is paged: those with `paged` are the same as without.
 */
export const optimizers: Readonly<Record<OptimizerName, OptimizerFactory>> = {
  adamw_hf: elementwise(adamwHf),
  adamw_torch: plainAdamw,
  adamw_torch_fused: plainAdamw,
  adamw_torch_xla: plainAdamw,
  adamw_torch_npu_fused: plainAdamw,
  adamw_apex_fused: plainAdamw,
  adafactor: factored,
  adamw_anyprecision: anyprecision,
  sgd: stochasticDescent,
  adagrad: configurable(
    { lr_decay: 0, eps: 1e-10 },
    ({ weightDecay }, { lr_decay: lrDecay, eps: epsilon }) =>
      adagrad({ lrDecay, epsilon, weightDecay }),
  ),
  adamw_bnb_8bit: smallAdamw,
  adamw_8bit: smallAdamw,
  lion_8bit: smallLion,
  lion_32bit: plainLion,
  paged_adamw_32bit: plainAdamw,
  paged_adamw_8bit: smallAdamw,
  paged_lion_32bit: plainLion,
  paged_lion_8bit: smallLion,
  rmsprop: configurable(
    { momentum: 0, alpha: 0.99, eps: 1e-8, centered: false },
    ({ weightDecay }, { eps: epsilon, ...args }) => rmsprop({ ...args, epsilon, weightDecay }),
  ),
};

/** The names of all optimizers. */
export const optimizerNames: readonly OptimizerName[] = Object.keys(optimizers) as OptimizerName[];

/**
 * The first name of those that mean the same optimizer: what one of them has saved, the others take.
 *
 * @param name A name.
 * @returns The name, or another one.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { canonicalOptimizer } from "./names.ts";
 *
 * assertEquals(canonicalOptimizer("paged_adamw_32bit"), "adamw_torch");
 * ```
 */
export function canonicalOptimizer(name: OptimizerName): OptimizerName {
  return optimizerNames.find((other) => optimizers[other] === optimizers[name]) ?? name;
}

/**
 * Creates an optimizer.
 *
 * @param gpu The device.
 * @param groups The parameters.
 * @param options Name and settings.
 * @returns The optimizer.
 * @throws {UsageError} If the name is unknown, or a setting in `optimArgs` unknown or wrong.
 */
export function createOptimizer(
  gpu: Gpu,
  groups: ParameterGroups,
  options: OptimizerOptions,
): Optimizer {
  if (!Object.hasOwn(optimizers, options.name)) {
    const guess = nearest(options.name, optimizerNames);
    throw new UsageError(
      `Cannot create optimizer "${options.name}": known are ${optimizerNames.join(", ")}` +
        (guess === null ? "" : `; the nearest is "${guess}"`),
    );
  }
  return optimizers[options.name as OptimizerName](gpu, groups, options);
}

function stateFormat(key: string, text: string): StateFormat {
  const name = text.replace(/^torch\./, "");
  const format = stateFormats.find((known) => known === name);
  if (format === undefined) {
    const guess = nearest(name, stateFormats);
    throw new UsageError(
      `Cannot set optim_args of optimizer "adamw_anyprecision": ${key} is "${text}"; known are ` +
        stateFormats.join(", ") + (guess === null ? "" : `; the nearest is "${guess}"`),
    );
  }
  return format;
}
