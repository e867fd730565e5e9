/**
 * The arguments about the course of the learning rate.
 *
 * @module
 */
import { z } from "zod";
import { scheduleNames } from "../../../schedules/names.ts";
import { effect, type Field, field, notBuilt } from "../field.ts";

/** A schedule that upstream knows by name. */
export type SchedulerType =
  | "linear"
  | "cosine"
  | "cosine_with_restarts"
  | "polynomial"
  | "constant"
  | "constant_with_warmup"
  | "inverse_sqrt"
  | "reduce_lr_on_plateau";

const schedulerTypes: readonly SchedulerType[] = [...scheduleNames, "reduce_lr_on_plateau"];

/** The records, by upstream name. */
export const scheduleFields = {
  lr_scheduler_type: field({
    schema: z.enum(schedulerTypes),
    default: "linear",
    doc: "The schedule that multiplies the learning rate.",
    support: {
      kind: "partly",
      values: scheduleNames,
      reason: notBuilt,
      instead: 'use "linear" or another schedule that follows the steps alone',
    },
  }) as Field<SchedulerType>,
  lr_scheduler_kwargs: field({
    schema: z.record(z.string(), z.unknown()).nullable(),
    default: {},
    doc: "Settings of the schedule: num_cycles of cosine and cosine_with_restarts, lr_end and " +
      "power of polynomial, timescale of inverse_sqrt.",
    support: effect,
  }) as Field<Record<string, unknown> | null>,
  warmup_ratio: field({
    schema: z.number().min(0).max(1),
    default: 0,
    doc: "Share of all optimizer steps over which the learning rate rises from 0; " +
      "rounded up.",
    support: effect,
  }) as Field<number>,
  warmup_steps: field({
    schema: z.int().min(0),
    default: 0,
    unit: "optimizer steps",
    doc: "Length of the rise of the learning rate from 0; above 0 it goes before warmup_ratio.",
    support: effect,
  }) as Field<number>,
};
