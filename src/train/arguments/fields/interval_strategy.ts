/**
 * How often the trainer logs, evaluates or saves.
 *
 * @module
 */
import { z } from "zod";

/** Never, every so many optimizer steps, or after each epoch. */
export type IntervalStrategy = "no" | "steps" | "epoch";

/** The type of the three strategy arguments. */
export const intervalStrategy: z.ZodType<IntervalStrategy> = z.enum(["no", "steps", "epoch"]);
