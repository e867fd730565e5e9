/**
 * The arguments about the output directory, its checkpoints and going on from one.
 *
 * @module
 */
import { z } from "zod";
import { effect, type Field, field } from "../field.ts";
import { upstreamEnum } from "../upstream_enum.ts";
import { saveStrategies, type SaveStrategy, saveStrategy } from "./save_strategy.ts";
import { wholeSteps } from "./whole_steps.ts";

/** The records, by upstream name. */
export const outputFields = {
  output_dir: field({
    schema: z.string().min(1),
    default: "trainer_output",
    doc:
      "Directory for checkpoints, logs and the trained model; ~ stands for the home directory. " +
      "Upstream wants one to be given, its later versions have this default.",
    support: effect,
  }) as Field<string>,
  overwrite_output_dir: field({
    schema: z.boolean(),
    default: false,
    doc: "Whether to train into a directory that is not empty: a flag for scripts to read.",
    support: { kind: "inert", note: "the trainer never empties a directory" },
  }) as Field<boolean>,
  save_strategy: field({
    schema: saveStrategy,
    default: "steps",
    doc: "When to save a checkpoint: never, every save_steps, after each epoch, or, as in later " +
      "versions upstream, at each best metric so far.",
    support: effect,
    upstreamError: upstreamEnum("SaveStrategy", saveStrategies),
  }) as Field<SaveStrategy>,
  save_steps: field({
    schema: z.number().min(0),
    default: 500,
    unit: "optimizer steps",
    doc: "Distance of two checkpoints; below 1 a share of all steps, rounded up.",
    support: effect,
    check: wholeSteps("save_steps"),
  }) as Field<number>,
  save_total_limit: field({
    schema: z.int().nullable(),
    default: null,
    unit: "checkpoints",
    doc: "How many checkpoints to keep, the best one always among them; null or below 1 keeps all.",
    support: effect,
  }) as Field<number | null>,
  save_safetensors: field({
    schema: z.boolean().nullable(),
    default: true,
    doc: "Whether weights are saved as safetensors rather than as a pickle.",
    support: {
      kind: "refused",
      reason: "pickles can run code and only Python reads them",
      instead: "leave it true, the original reads safetensors as well",
    },
  }) as Field<boolean | null>,
  save_only_model: field({
    schema: z.boolean(),
    default: false,
    doc:
      "Whether checkpoints hold the model alone: they are smaller, and no run can go on from them.",
    support: effect,
  }) as Field<boolean>,
  load_best_model_at_end: field({
    schema: z.boolean().nullable(),
    default: false,
    doc:
      "Whether training ends with the best checkpoint; needs evaluation and saving to coincide, or " +
      "save_strategy best.",
    support: effect,
  }) as Field<boolean | null>,
  metric_for_best_model: field({
    schema: z.string().min(1).nullable(),
    default: null,
    doc: "The metric that says which checkpoint is best, with or without eval_ before it; null " +
      "means loss where load_best_model_at_end is set.",
    support: effect,
  }) as Field<string | null>,
  greater_is_better: field({
    schema: z.boolean().nullable(),
    default: null,
    doc: "Whether a greater metric is better; null means yes, unless its name ends in loss.",
    support: effect,
  }) as Field<boolean | null>,
  resume_from_checkpoint: field({
    schema: z.union([z.boolean(), z.string().min(1)]).nullable(),
    default: null,
    doc:
      "Checkpoint to go on from; true means the latest in output_dir. Upstream, scripts read it.",
    support: effect,
  }) as Field<boolean | string | null>,
  ignore_data_skip: field({
    schema: z.boolean(),
    default: false,
    doc: "Whether a resumed run starts its epoch from the first batch again, and so sees some " +
      "rows twice, rather than where it stopped.",
    support: effect,
  }) as Field<boolean>,
};
