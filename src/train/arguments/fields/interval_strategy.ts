/**
 * How often the trainer logs or evaluates.
 *
 * @module
 */
import { z } from "zod";

/** Never, every so many optimizer steps, or after each epoch. */
export type IntervalStrategy = "no" | "steps" | "epoch";

/** The strategies in upstream's order. */
export const intervalStrategies: readonly IntervalStrategy[] = ["no", "steps", "epoch"];

/** The type of `logging_strategy` and `evaluation_strategy`. */
export const intervalStrategy: z.ZodType<IntervalStrategy> = z.enum(intervalStrategies);
