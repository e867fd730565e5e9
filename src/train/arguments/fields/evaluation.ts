/**
 * The arguments about evaluation during training.
 *
 * @module
 */
import { z } from "zod";
import { effect, type Field, field } from "../field.ts";
import { upstreamEnum } from "../upstream_enum.ts";
import {
  intervalStrategies,
  type IntervalStrategy,
  intervalStrategy,
} from "./interval_strategy.ts";
import { wholeSteps } from "./whole_steps.ts";

/** The records, by upstream name. */
export const evaluationFields = {
  evaluation_strategy: field({
    schema: intervalStrategy,
    default: "no",
    doc:
      "When to evaluate: never, every eval_steps, or after each epoch. Later versions upstream " +
      "call it eval_strategy, which is accepted as well.",
    support: effect,
    upstreamError: upstreamEnum("IntervalStrategy", intervalStrategies),
  }) as Field<IntervalStrategy>,
  eval_steps: field({
    schema: z.number().min(0).nullable(),
    default: null,
    unit: "optimizer steps",
    doc:
      "Distance of two evaluations; below 1 a share of all steps; null or 0 means logging_steps.",
    support: effect,
    check: wholeSteps("eval_steps"),
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
    support: effect,
  }) as Field<number | null>,
  prediction_loss_only: field({
    schema: z.boolean(),
    default: false,
    doc:
      "Whether evaluation gives the loss alone; set to true whatever is given, as upstream does.",
    support: { kind: "inert", note: "as in the original, other metrics come from evaluators" },
  }) as Field<boolean>,
  include_inputs_for_metrics: field({
    schema: z.boolean(),
    default: false,
    doc: "Whether the inputs are handed to the function that computes metrics.",
    support: {
      kind: "refused",
      reason: "there is no such function, metrics come from evaluators",
      instead: "leave it false and give an evaluator, which holds its own texts",
    },
  }) as Field<boolean>,
  use_legacy_prediction_loop: field({
    schema: z.boolean(),
    default: false,
    doc: "Whether evaluation takes the older of two code paths.",
    support: {
      kind: "refused",
      reason: "there is one code path",
      instead: "leave it false",
    },
  }) as Field<boolean>,
};
