/**
 * The arguments about the optimizer and what regularises it.
 *
 * @module
 */
import { z } from "zod";
import { type OptimizerName, optimizerNames } from "../../../optim/names.ts";
import { effect, type Field, field } from "../field.ts";
import { upstreamEnum } from "../upstream_enum.ts";

/** What is wrong with the settings of an optimizer, or null; which names it takes is its own matter. */
function checkOptimArgs(text: string | null): string | null {
  const parts = (text ?? "").replaceAll(" ", "").split(",");
  const wrong = text === null || text.trim() === ""
    ? undefined
    : parts.find((part) => !/^[^=]+=[^=]+$/.test(part));
  return wrong === undefined
    ? null
    : `"${wrong}" is not of the form name=value; wanted a text such ` +
      'as "momentum=0.9,nesterov=true"';
}

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
    schema: z.enum(optimizerNames),
    default: "adamw_torch",
    doc:
      "The optimizer. The adamw names of torch, hf, xla, npu and apex are the same one, AdamW in " +
      "one kernel; those with paged have the same numbers as without, and nothing is paged.",
    support: effect,
    upstreamError: upstreamEnum("OptimizerNames", optimizerNames),
  }) as Field<OptimizerName>,
  optim_args: field({
    schema: z.string().nullable(),
    default: null,
    doc: "Further settings of some optimizers, as name=value,name=value.",
    support: effect,
    check: checkOptimArgs,
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
    doc: "Share of the target that is spread over all classes, in losses with classes or " +
      "candidates; the others refuse it, upstream ignores it.",
    support: effect,
  }) as Field<number>,
  neftune_noise_alpha: field({
    schema: z.number().min(0).nullable(),
    default: null,
    doc: "Strength of the noise that training adds to the token embeddings.",
    support: effect,
  }) as Field<number | null>,
};
