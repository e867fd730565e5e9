/**
 * The arguments about the precision of numbers, and about memory traded for time.
 *
 * @module
 */
import { z } from "zod";
import { type Field, field, notBuilt, type Refused } from "../field.ts";

/** Who does the work of mixed precision. */
export type HalfPrecisionBackend = "auto" | "cuda_amp" | "apex" | "cpu_amp";

const halfPrecisionBackend: z.ZodType<HalfPrecisionBackend> = z.enum([
  "auto",
  "cuda_amp",
  "apex",
  "cpu_amp",
]);

const fp16Refused: Refused = {
  kind: "refused",
  reason: `16-bit numbers are ${notBuilt}`,
  instead: "leave it false to compute with 32 bits",
};

const bf16Refused: Refused = {
  kind: "refused",
  reason: `WebGPU has no bfloat16, and doing without its help is ${notBuilt}`,
  instead: "leave it false to compute with 32 bits",
};

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
    doc: "Whether training computes with 16-bit numbers where that is safe.",
    support: fp16Refused,
  }) as Field<boolean>,
  bf16: field({
    schema: z.boolean(),
    default: false,
    doc: "Whether training computes with bfloat16 numbers where that is safe.",
    support: bf16Refused,
  }) as Field<boolean>,
  fp16_full_eval: field({
    schema: z.boolean(),
    default: false,
    doc: "Whether evaluation computes with 16-bit numbers throughout.",
    support: fp16Refused,
  }) as Field<boolean>,
  bf16_full_eval: field({
    schema: z.boolean(),
    default: false,
    doc: "Whether evaluation computes with bfloat16 numbers throughout.",
    support: bf16Refused,
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
    support: cudaRefused,
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
    support: {
      kind: "refused",
      reason: notBuilt,
      instead: "lower per_device_train_batch_size and raise gradient_accumulation_steps",
    },
  }) as Field<boolean>,
  gradient_checkpointing_kwargs: field({
    schema: z.record(z.string(), z.unknown()).nullable(),
    default: null,
    doc: "Settings of gradient_checkpointing.",
    support: { kind: "refused", reason: notBuilt, instead: "leave it unset" },
  }) as Field<Record<string, unknown> | null>,
};
