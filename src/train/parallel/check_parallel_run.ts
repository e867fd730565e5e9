/**
 * What cannot be asked of several processes.
 *
 * @module
 */
import type { ConcatDataset } from "../../data/concat_dataset.ts";
import type { Communicator } from "../../distributed/communicator.ts";
import { UsageError } from "../../errors.ts";
import type { Loss } from "../../losses/loss.ts";
import type { SentenceTransformerTrainingArguments } from "../arguments/sentence_transformer_training_arguments.ts";

/**
 * Checks that a loss which sees the rows of all ranks needs nothing of them but embeddings.
 *
 * @param loss The loss.
 * @param size Number of ranks.
 * @throws {UsageError} If it needs more.
 */
export function checkGatheredLoss({ name, wants = {} }: Loss, size: number): void {
  if (size === 1 || !wants.gather) return;
  if (!wants.layers && !wants.twin && !wants.reconstruction) return;
  throw new UsageError(
    `Cannot train with ${size} processes and gather_across_devices of ${name}: only embeddings are gathered, and it wants more of the model; leave the option out`,
  );
}

/**
 * Checks that this process finds what it needs of rows that rank 0 reads for all.
 *
 * @param args How to train.
 * @param datasets The training data.
 * @param size Number of ranks.
 * @throws {UsageError} If it does not.
 */
export function checkDispatch(
  { dispatchBatches, groupByLength }: SentenceTransformerTrainingArguments,
  { datasets, isHere }: ConcatDataset,
  size: number,
): void {
  if (!isHere && !dispatchBatches) {
    throw new UsageError(
      "Cannot train: rank 0 alone has the rows; set dispatch_batches, or read them on every rank",
    );
  }
  if (size === 1 || !dispatchBatches || !groupByLength) return;
  const unknown = datasets.find(({ lengths }) => lengths === null);
  if (unknown === undefined) return;
  throw new UsageError(
    `Cannot train with ${size} processes, dispatch_batches and group_by_length: only rank 0 could count the tokens of dataset "${unknown.name}"; give it a column of lengths, and its name as length_column_name`,
  );
}

/**
 * Checks that arguments go with the processes that there are.
 *
 * @param args How to train.
 * @param communicator The processes.
 * @param compression How gradients are to travel. Default: as they are.
 * @throws {UsageError} If they do not.
 */
export function checkParallelRun(
  args: SentenceTransformerTrainingArguments,
  { rank, size, localRank }: Pick<Communicator, "rank" | "size" | "localRank">,
  compression?: string,
): void {
  checkCompression(compression, size);
  if (args.localRank !== -1 && args.localRank !== localRank) {
    throw new UsageError(
      `Cannot train: local_rank is ${args.localRank}, but process ${rank} of ${size} is number ${localRank} of its machine; leave it unset, the launcher decides`,
    );
  }
  if (size === 1) return;
  if (args.autoFindBatchSize) {
    throw new UsageError(
      `Cannot train with ${size} processes and auto_find_batch_size: they would find different ones; set per_device_train_batch_size`,
    );
  }
  const { perDeviceTrainBatchSize: rows } = args;
  if (args.splitBatches && rows % size !== 0) {
    throw new UsageError(
      `Cannot train: To use \`split_batches\`, the batch size (${rows}) needs to be a round multiple of the number of processes (${size}); change per_device_train_batch_size`,
    );
  }
}

function checkCompression(compression: string | undefined, size: number): void {
  if (compression === undefined) return;
  const name = `gradient compression "${compression}"`;
  if (compression !== "fp16") {
    throw new UsageError(`Cannot train with ${name}: wanted "fp16", or none`);
  }
  if (size === 1) {
    throw new UsageError(
      `Cannot train with ${name} and 1 process: no gradients travel; leave it out, or start several with mpirun`,
    );
  }
}
