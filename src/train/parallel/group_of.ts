/**
 * The ranks that a run is given.
 *
 * @module
 */
import { SingleProcess } from "../../distributed/single_process.ts";
import type { SentenceTransformerTrainingArguments } from "../arguments/sentence_transformer_training_arguments.ts";
import type { TrainerInputs } from "../trainer_inputs.ts";
import { checkParallelRun } from "./check_parallel_run.ts";
import { RankGroup } from "./rank_group.ts";

/**
 * Makes a group of the ranks, and tells the arguments which of them this process is.
 *
 * @param inputs Has the communicator, how gradients travel, and what asks this rank to stop.
 * @param args How to train.
 * @returns The group; null where there is one process.
 * @throws {UsageError} If arguments do not go with several processes.
 */
export function groupOf(
  { communicator = new SingleProcess(), signal, gradientCompression }: Pick<
    TrainerInputs,
    "communicator" | "signal" | "gradientCompression"
  >,
  args: SentenceTransformerTrainingArguments,
): RankGroup | null {
  checkParallelRun(args, communicator, gradientCompression);
  args.takePlace(communicator);
  return communicator.size === 1 ? null : new RankGroup(communicator, signal);
}
