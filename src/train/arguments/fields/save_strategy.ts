/**
 * When the trainer saves checkpoints.
 *
 * @module
 */
import { z } from "zod";

/** Never, every so many optimizer steps, after each epoch, or at each new best metric. */
export type SaveStrategy = "no" | "steps" | "epoch" | "best";

/** The strategies in upstream's order. */
export const saveStrategies: readonly SaveStrategy[] = ["no", "steps", "epoch", "best"];

/** The type of `save_strategy`. */
export const saveStrategy: z.ZodType<SaveStrategy> = z.enum(saveStrategies);
