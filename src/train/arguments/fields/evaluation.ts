/**
 * The arguments about evaluation during training.
 *
 * @module
 */
import { z } from "zod";
import { effect, type Field, field, notBuilt } from "../field.ts";
import { type IntervalStrategy, intervalStrategy } from "./interval_strategy.ts";

/** The records, by upstream name. */
export const evaluationFields = {
  evaluation_strategy: field({
    schema: intervalStrategy,
    default: "no",
    doc:
      "When to evaluate: never, every eval_steps, or after each epoch. Later versions upstream " +
      "call it eval_strategy, which is accepted as well.",
    support: effect,
  }) as Field<IntervalStrategy>,
  eval_steps: field({
    schema: z.number().min(0).nullable(),
    default: null,
    unit: "optimizer steps",
    doc:
      "Distance of two evaluations; below 1 a share of all steps; null or 0 means logging_steps.",
    support: effect,
  }) as Field<number | null>,
  eval_delay: field({
    schema: z.number().min(0).nullable(),
    default: 0,
    unit: "optimizer steps or epochs",
    doc: "How long to wait for the first evaluation, in the unit of evaluation_strategy.",
    support: effect,
  }) as Field<number | null>,
  eval_accumulation_steps: field({
    schema: z.int().min(1).nullable(),
    default: null,
    unit: "batches",
    doc: "After how many evaluation batches their outputs leave the device.",
    support: {
      kind: "refused",
      reason: notBuilt,
      instead: "leave it unset, and lower per_device_eval_batch_size where memory is short",
    },
  }) as Field<number | null>,
  prediction_loss_only: field({
    schema: z.boolean(),
    default: false,
    doc: "Whether evaluation gives the loss alone.",
    support: { kind: "inert", note: "as in the original, other metrics come from evaluators" },
  }) as Field<boolean>,
  include_inputs_for_metrics: field({
    schema: z.boolean(),
    default: false,
    doc: "Whether the inputs are handed to the function that computes metrics.",
    support: { kind: "inert", note: "metrics come from evaluators, which hold their own texts" },
  }) as Field<boolean>,
  use_legacy_prediction_loop: field({
    schema: z.boolean(),
    default: false,
    doc: "Whether evaluation takes the older of two code paths.",
    support: { kind: "inert", note: "there is one code path" },
  }) as Field<boolean>,
};
