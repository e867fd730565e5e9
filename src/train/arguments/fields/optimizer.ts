/**
 * The arguments about the optimizer and what regularises it.
 *
 * @module
 */
import { z } from "zod";
import { effect, type Field, field, notBuilt } from "../field.ts";

/** An optimizer that upstream knows by name. */
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

const optimizerName: z.ZodType<OptimizerName> = z.enum([
  "adamw_hf",
  "adamw_torch",
  "adamw_torch_fused",
  "adamw_torch_xla",
  "adamw_torch_npu_fused",
  "adamw_apex_fused",
  "adafactor",
  "adamw_anyprecision",
  "sgd",
  "adagrad",
  "adamw_bnb_8bit",
  "adamw_8bit",
  "lion_8bit",
  "lion_32bit",
  "paged_adamw_32bit",
  "paged_adamw_8bit",
  "paged_lion_32bit",
  "paged_lion_8bit",
  "rmsprop",
]);

/** The records, by upstream name. */
export const optimizerFields = {
  learning_rate: field({
    schema: z.number().min(0),
    default: 5e-5,
    doc: "The learning rate that the schedule multiplies.",
    support: effect,
  }) as Field<number>,
  weight_decay: field({
    schema: z.number().min(0),
    default: 0,
    doc: "Decoupled weight decay of all parameters but biases and normalisation weights.",
    support: effect,
  }) as Field<number>,
  adam_beta1: field({
    schema: z.number().min(0).lt(1),
    default: 0.9,
    doc: "Decay of the running mean of the gradients.",
    support: effect,
  }) as Field<number>,
  adam_beta2: field({
    schema: z.number().min(0).lt(1),
    default: 0.999,
    doc: "Decay of the running mean of the squared gradients.",
    support: effect,
  }) as Field<number>,
  adam_epsilon: field({
    schema: z.number().min(0),
    default: 1e-8,
    doc: "What is added to the root of the second moment before dividing by it.",
    support: effect,
  }) as Field<number>,
  max_grad_norm: field({
    schema: z.number().min(0),
    default: 1,
    doc:
      "Greatest L2 norm of all gradients together: longer ones are scaled to it; 0 turns that off.",
    support: effect,
  }) as Field<number>,
  optim: field({
    schema: optimizerName,
    default: "adamw_torch",
    doc: "The optimizer; the two that are honoured are the same one, AdamW in one kernel.",
    support: {
      kind: "partly",
      values: ["adamw_torch", "adamw_torch_fused"],
      reason: notBuilt,
      instead: 'use "adamw_torch"',
    },
  }) as Field<OptimizerName>,
  optim_args: field({
    schema: z.string().nullable(),
    default: null,
    doc: "Further settings of some optimizers, as name=value,name=value.",
    support: {
      kind: "refused",
      reason: "AdamW takes none",
      instead: "set adam_beta1, adam_beta2, adam_epsilon and weight_decay",
    },
  }) as Field<string | null>,
  adafactor: field({
    schema: z.boolean(),
    default: false,
    doc: 'The older way to say optim="adafactor".',
    support: { kind: "alias", of: "optim", as: "adafactor" },
  }) as Field<boolean>,
  label_smoothing_factor: field({
    schema: z.number().min(0).max(1),
    default: 0,
    doc: "Share of the target that is spread over all classes.",
    support: {
      kind: "refused",
      reason: `${notBuilt}, and ignored by the original`,
      instead: "leave it at 0",
    },
  }) as Field<number>,
  neftune_noise_alpha: field({
    schema: z.number().min(0).nullable(),
    default: null,
    doc: "Strength of the noise that training adds to the token embeddings.",
    support: { kind: "refused", reason: notBuilt, instead: "leave it unset" },
  }) as Field<number | null>,
};
