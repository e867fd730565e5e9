/**
 * The arguments about the course of the learning rate.
 *
 * @module
 */
import { z } from "zod";
import { scheduleNames } from "../../../schedules/names.ts";
import { effect, type Field, field } from "../field.ts";
import { upstreamEnum } from "../upstream_enum.ts";

/** A schedule that upstream knows by name. */
export type SchedulerType =
  | "linear"
  | "cosine"
  | "cosine_with_restarts"
  | "polynomial"
  | "constant"
  | "constant_with_warmup"
  | "inverse_sqrt"
  | "reduce_lr_on_plateau"
  | "cosine_with_min_lr"
  | "cosine_warmup_with_min_lr"
  | "warmup_stable_decay"
  | "greedy";

const schedulerTypes: readonly SchedulerType[] = scheduleNames;

function checkWarmupSteps(steps: number): string | null {
  return steps < 1 || Number.isInteger(steps)
    ? null
    : "wanted a whole number of steps, or a share of all steps below 1";
}

/** The records, by upstream name. */
export const scheduleFields = {
  lr_scheduler_type: field({
    schema: z.enum(schedulerTypes),
    default: "linear",
    doc:
      "The schedule that multiplies the learning rate; those from cosine_with_min_lr on are of " +
      "later versions upstream. reduce_lr_on_plateau and greedy follow evaluations.",
    support: effect,
    upstreamError: upstreamEnum("SchedulerType", schedulerTypes),
  }) as Field<SchedulerType>,
  lr_scheduler_kwargs: field({
    schema: z.record(z.string(), z.unknown()).nullable(),
    default: {},
    doc:
      "Settings of the schedule under their upstream names, such as num_cycles of cosine, power " +
      "of polynomial or num_decay_steps of warmup_stable_decay; an unknown one stops the run.",
    support: effect,
  }) as Field<Record<string, unknown> | null>,
  warmup_ratio: field({
    schema: z.number().min(0).max(1),
    default: 0,
    doc: "Share of all optimizer steps over which the learning rate rises from 0; " +
      "rounded up.",
    support: effect,
    upstreamError: (value) =>
      typeof value === "number" ? "warmup_ratio must lie in range [0,1]" : null,
  }) as Field<number>,
  warmup_steps: field({
    schema: z.number().min(0),
    default: 0,
    unit: "optimizer steps",
    doc: "Length of the rise of the learning rate from 0; above 0 it goes before warmup_ratio. " +
      "Below 1 a share of all steps, rounded up, as in later versions upstream.",
    support: effect,
    check: checkWarmupSteps,
  }) as Field<number>,
};
