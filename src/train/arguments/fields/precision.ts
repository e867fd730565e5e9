/**
 * The arguments about the precision of numbers, and about memory traded for time.
 *
 * @module
 */
import { z } from "zod";
import { effect, type Field, field, type Refused } from "../field.ts";
import { checkpointingError, checkpointingRefusal } from "./checkpointing_kwargs.ts";

/** Who does the work of mixed precision. */
export type HalfPrecisionBackend = "auto" | "cuda_amp" | "apex" | "cpu_amp";

const halfPrecisionBackend: z.ZodType<HalfPrecisionBackend> = z.enum([
  "auto",
  "cuda_amp",
  "apex",
  "cpu_amp",
]);

const cudaRefused: Refused = {
  kind: "refused",
  reason: "meaningless on WebGPU: it sets up the mixed precision of PyTorch",
  instead: "leave it unset",
};

/** The records, by upstream name. */
export const precisionFields = {
  fp16: field({
    schema: z.boolean(),
    default: false,
    doc:
      "Whether training stores the operands of linear layers as 16 bits and multiplies in f32, " +
      "with a scaled loss; needs no feature of the adapter.",
    support: effect,
  }) as Field<boolean>,
  bf16: field({
    schema: z.boolean(),
    default: false,
    doc: "Whether operands of linear layers are stored as bfloat16 while training; WebGPU has no " +
      "such arithmetic, that keeps 32 bits.",
    support: effect,
  }) as Field<boolean>,
  fp16_full_eval: field({
    schema: z.boolean(),
    default: false,
    doc:
      "Whether evaluate() outside training stores the operands of linear layers as 16 bits and " +
      "multiplies in f32; needs no feature of the adapter.",
    support: effect,
  }) as Field<boolean>,
  bf16_full_eval: field({
    schema: z.boolean(),
    default: false,
    doc: "Whether evaluate() outside training stores operands of linear layers as bfloat16.",
    support: effect,
  }) as Field<boolean>,
  fp16_opt_level: field({
    schema: z.string(),
    default: "O1",
    doc: "How much of the model Apex turns into 16-bit numbers.",
    support: cudaRefused,
  }) as Field<string>,
  half_precision_backend: field({
    schema: halfPrecisionBackend,
    default: "auto",
    doc: "The library that does mixed precision.",
    support: cudaRefused,
  }) as Field<HalfPrecisionBackend>,
  fp16_backend: field({
    schema: halfPrecisionBackend,
    default: "auto",
    doc: "The older name of half_precision_backend.",
    support: { kind: "alias", of: "half_precision_backend" },
  }) as Field<HalfPrecisionBackend>,
  tf32: field({
    schema: z.boolean().nullable(),
    default: null,
    doc: "Whether matrices are multiplied with TensorFloat-32.",
    support: {
      kind: "partly",
      values: [null, false],
      reason: "meaningless on WebGPU, which cannot ask for that format",
      instead: "leave it unset",
    },
  }) as Field<boolean | null>,
  gradient_checkpointing: field({
    schema: z.boolean(),
    default: false,
    doc: "Whether layers are computed again for the backward pass: less memory, more time.",
    support: effect,
  }) as Field<boolean>,
  gradient_checkpointing_kwargs: field({
    schema: z.record(z.string(), z.unknown()).nullable(),
    default: null,
    doc: "Settings of gradient_checkpointing: every_n_layers, how many layers are computed again " +
      "together; use_reentrant, accepted though there is nothing to choose. Others are refused.",
    support: effect,
    check: checkpointingError,
    refuses: checkpointingRefusal,
  }) as Field<Record<string, unknown> | null>,
};
