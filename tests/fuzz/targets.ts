/**
 * All readers that are given damaged inputs.
 *
 * @module
 */
import { DATA_TARGETS } from "./data_targets.ts";
import { MODEL_TARGETS } from "./model_targets.ts";
import type { Target } from "./run_target.ts";
import { TENSOR_TARGETS } from "./tensor_targets.ts";
import { TRAIN_TARGETS } from "./train_targets.ts";

/** The targets, by kind of file. */
export const TARGETS: readonly Target[] = [
  ...TENSOR_TARGETS,
  ...MODEL_TARGETS,
  ...DATA_TARGETS,
  ...TRAIN_TARGETS,
];
