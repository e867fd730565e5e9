import { assertThrows } from "@std/assert";
import { UsageError } from "../../../src/errors.ts";
import type { ArgumentValues } from "../../../src/train/arguments/argument_values.ts";
import { SentenceTransformerTrainingArguments } from "../../../src/train/arguments/sentence_transformer_training_arguments.ts";
import { CosineSimilarityLoss } from "../../../src/losses/cosine_similarity_loss.ts";
import type { Loss } from "../../../src/losses/loss.ts";
import { MultipleNegativesRankingLoss } from "../../../src/losses/multiple_negatives_ranking_loss.ts";
import {
  checkGatheredLoss,
  checkParallelRun,
} from "../../../src/train/parallel/check_parallel_run.ts";

const check = (values: Partial<ArgumentValues>, rank = 1, size = 2) =>
  checkParallelRun(new SentenceTransformerTrainingArguments(values), {
    rank,
    size,
    localRank: rank,
  });

Deno.test("checkParallelRun() wants local_rank to be that of the launcher", () => {
  check({});
  check({ localRank: 1 });
  check({ localRank: 0 }, 0, 1);
  assertThrows(
    () => check({ localRank: 3 }, 0, 1),
    UsageError,
    "local_rank is 3, but process 0 of 1 is number 0 of its machine; leave it unset",
  );
});

Deno.test("checkParallelRun() wants gradients to be compressed as fp16, and among several processes", () => {
  const args = new SentenceTransformerTrainingArguments({});
  const compressed = (compression: string, size: number) =>
    checkParallelRun(args, { rank: 0, size, localRank: 0 }, compression);
  compressed("fp16", 2);
  for (const [compression, size] of [["fp16", 1], ["int8", 2]] as const) {
    assertThrows(
      () => compressed(compression, size),
      UsageError,
      size === 1
        ? 'Cannot train with gradient compression "fp16" and 1 process: no gradients travel'
        : 'Cannot train with gradient compression "int8": wanted "fp16", or none',
    );
  }
});

Deno.test("checkParallelRun() refuses what several processes cannot do", () => {
  assertThrows(
    () => check({ autoFindBatchSize: true }),
    UsageError,
    "Cannot train with 2 processes and auto_find_batch_size",
  );
  check({ autoFindBatchSize: true }, 0, 1);
  check({ splitBatches: true, perDeviceTrainBatchSize: 6 });
  assertThrows(
    () => check({ splitBatches: true, perDeviceTrainBatchSize: 5 }),
    UsageError,
    "the batch size (5) needs to be a round multiple of the number of processes (2)",
  );
});

Deno.test("checkGatheredLoss() wants embeddings to be all that a loss needs of other ranks", () => {
  const loss = { ...new CosineSimilarityLoss(), wants: { gather: true, layers: true } };
  checkGatheredLoss(loss as unknown as Loss, 1);
  checkGatheredLoss(new MultipleNegativesRankingLoss({ gather_across_devices: true }), 2);
  assertThrows(
    () => checkGatheredLoss(loss as unknown as Loss, 2),
    UsageError,
    "gather_across_devices of CosineSimilarityLoss: only embeddings are gathered",
  );
});
