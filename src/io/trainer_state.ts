/**
 * `trainer_state.json`: where a run stood when its checkpoint was made, under the keys of
 * transformers' Trainer, so that its tools read it.
 *
 * @module
 */
import { join } from "@std/path";
import { z } from "zod";
import { InputError } from "../errors.ts";
import { isNotFound } from "../host/file_errors.ts";
import { readText } from "../host/read_text.ts";
import { checkJson, encodeSortedJson, parseJson } from "./json.ts";

/** Name of the file in a checkpoint. */
export const TRAINER_STATE_NAME = "trainer_state.json";

/** One entry of the log: training, evaluation or the summary at the end. */
export type LogEntry = Record<string, number | string | boolean | null>;

/** The content of `trainer_state.json`. */
export interface TrainerStateFile {
  /** Best value of the metric that picks the best model; null before the first evaluation. */
  best_metric: number | null;
  /** Step of that value. */
  best_global_step: number | null;
  /** Directory of the checkpoint with that value. */
  best_model_checkpoint: string | null;
  /** Epochs done, with the fraction of the running one. */
  epoch: number | null;
  /** Optimizer steps between two evaluations. */
  eval_steps: number;
  /** Optimizer steps done. */
  global_step: number;
  /** Whether the run is part of a hyper-parameter search. */
  is_hyper_param_search: boolean;
  /** Whether this process is the first of its machine. */
  is_local_process_zero: boolean;
  /** Whether this process is the first of all. */
  is_world_process_zero: boolean;
  /** Everything that was logged, in order; each entry holds "epoch" and "step". */
  log_history: LogEntry[];
  /** Optimizer steps between two log entries. */
  logging_steps: number;
  /** Optimizer steps of the whole run. */
  max_steps: number;
  /** Tokens that the model was trained on so far. */
  num_input_tokens_seen: number;
  /** Epochs of the whole run, rounded up. */
  num_train_epochs: number;
  /** Optimizer steps between two checkpoints. */
  save_steps: number;
  /** What callbacks remember, by their name. */
  stateful_callbacks: Record<string, unknown>;
  /** Floating-point operations so far. */
  total_flos: number;
  /** Rows of a batch. */
  train_batch_size: number | null;
  /** Name of the trial of a hyper-parameter search. */
  trial_name: string | null;
  /** Its parameters. */
  trial_params: Record<string, unknown> | null;
}

const count = z.int().nonnegative();

/** The keys with a default are absent from files of earlier releases. */
const schema: z.ZodType<TrainerStateFile> = z.object({
  best_metric: z.number().nullable(),
  best_global_step: count.nullable().default(null),
  best_model_checkpoint: z.string().nullable(),
  epoch: z.number().nonnegative().nullable(),
  eval_steps: z.number().nonnegative(),
  global_step: count,
  is_hyper_param_search: z.boolean(),
  is_local_process_zero: z.boolean(),
  is_world_process_zero: z.boolean(),
  log_history: z.array(
    z.record(z.string(), z.union([z.number(), z.string(), z.boolean(), z.null()])),
  ),
  logging_steps: z.number().nonnegative(),
  max_steps: count,
  num_input_tokens_seen: count.default(0),
  num_train_epochs: z.number().nonnegative(),
  save_steps: z.number().nonnegative(),
  stateful_callbacks: z.record(z.string(), z.unknown()).default({}),
  total_flos: z.number().nonnegative(),
  train_batch_size: count.nullable().default(null),
  trial_name: z.string().nullable(),
  trial_params: z.record(z.string(), z.unknown()).nullable(),
});

/**
 * Encodes a trainer state with sorted keys and an indent of 2, as transformers does. JSON knows no NaN
 * or infinity; such a number becomes null.
 *
 * @param state The state.
 * @returns The text of `trainer_state.json`.
 */
export function encodeTrainerState(state: TrainerStateFile): string {
  return encodeSortedJson(state);
}

/**
 * Parses the text of a `trainer_state.json`.
 *
 * @param text The text.
 * @param source Name of the file, for error messages.
 * @returns The state; keys that only other programs use are dropped.
 * @throws {InputError} When the text is not JSON, or a key is missing or of the wrong type.
 */
export function parseTrainerState(text: string, source: string): TrainerStateFile {
  return checkJson(schema, parseJson(text, source), source);
}

/**
 * Reads the trainer state of a checkpoint.
 *
 * @param checkpoint Directory of the checkpoint.
 * @returns The state.
 * @throws {InputError} When the file is missing or not what it should be.
 */
export async function readTrainerState(checkpoint: string): Promise<TrainerStateFile> {
  const file = join(checkpoint, TRAINER_STATE_NAME);
  let text: string;
  try {
    text = await readText(file);
  } catch (error) {
    const reason = isNotFound(error)
      ? `${TRAINER_STATE_NAME} is missing; a checkpoint is a directory that holds it`
      : error instanceof Error
      ? error.message
      : String(error);
    throw new InputError(`Cannot read checkpoint ${checkpoint}: ${reason}`, { cause: error });
  }
  return parseTrainerState(text, file);
}
