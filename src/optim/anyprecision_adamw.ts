/**
 * The optimizer AdamW with states of fewer bits.
 *
 * @module
 */
import source from "../../shaders/optim/anyprecision_adamw.wgsl" with { type: "text" };
import { Kernel } from "../gpu/kernel.ts";
import { adamw, type AdamWOptions } from "./adamw.ts";
import type { UpdateRule } from "./elementwise_optimizer.ts";

/** The formats that states can be rounded to, by PyTorch's names. */
export type StateFormat = "float32" | "bfloat16" | "float16";

/** Every {@linkcode StateFormat}; the index is the shader's number for it. */
export const stateFormats: readonly StateFormat[] = ["float32", "bfloat16", "float16"];

/** Settings of {@linkcode anyprecisionAdamw}. */
export interface AnyprecisionAdamWOptions extends AdamWOptions {
  /** Whether what an update loses in rounding is carried on to the next. */
  useKahanSummation: boolean;
  /** Format of the first moment. */
  momentumFormat: StateFormat;
  /** Format of the second moment. */
  varianceFormat: StateFormat;
  /** Format of what is carried on. */
  compensationFormat: StateFormat;
}

const kernel = (entryPoint: string) =>
  new Kernel({ name: "optim/anyprecision_adamw", source, entryPoint });
const PLAIN = kernel("plain");
const KAHAN = kernel("kahan");

/**
 * AdamW whose states have the precision that is asked for, as `AnyPrecisionAdamW` of torchdistx. It shows
 * what training with such states does; it saves no memory: every state lies in f32 and is rounded to its
 * format once after each update (torchdistx rounds after every operation).
 *
 * @param options Its settings.
 * @returns The rule.
 */
export function anyprecisionAdamw(
  { useKahanSummation, momentumFormat, varianceFormat, compensationFormat, ...options }:
    AnyprecisionAdamWOptions,
): UpdateRule {
  const { states, params, scalars } = adamw(options);
  return {
    kernel: useKahanSummation ? KAHAN : PLAIN,
    states: useKahanSummation ? { ...states, compensation: "compensation" } : states,
    params: {
      ...params,
      momentum_format: stateFormats.indexOf(momentumFormat),
      variance_format: stateFormats.indexOf(varianceFormat),
      compensation_format: stateFormats.indexOf(compensationFormat),
      no_bits: 0,
    },
    scalars,
  };
}
