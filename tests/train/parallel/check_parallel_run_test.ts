import { assertThrows } from "@std/assert";
import { ConcatDataset } from "../../../src/data/concat_dataset.ts";
import { Dataset } from "../../../src/data/dataset.ts";
import { DispatchedDataset } from "../../../src/data/dispatched_dataset.ts";
import { UsageError } from "../../../src/errors.ts";
import type { ArgumentValues } from "../../../src/train/arguments/argument_values.ts";
import { SentenceTransformerTrainingArguments } from "../../../src/train/arguments/sentence_transformer_training_arguments.ts";
import { CosineSimilarityLoss } from "../../../src/losses/cosine_similarity_loss.ts";
import type { Loss } from "../../../src/losses/loss.ts";
import { MultipleNegativesRankingLoss } from "../../../src/losses/multiple_negatives_ranking_loss.ts";
import {
  checkDispatch,
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

Deno.test("checkDispatch() wants rows, or rank 0 to send them, and lengths that all ranks know", () => {
  const texts = new Map([["text", ["a", "b"]]]);
  const facts = { fingerprint: "", values: null, isHere: false };
  const parts = { name: "d", texts };
  const [here, remote, long] = [
    new Dataset(parts),
    new DispatchedDataset(parts, facts),
    new DispatchedDataset({ ...parts, lengths: [3, 4] }, facts),
  ].map((dataset) => new ConcatDataset([dataset]));
  const of = (values: Partial<ArgumentValues>, datasets: ConcatDataset, size = 2) =>
    checkDispatch(new SentenceTransformerTrainingArguments(values), datasets, size);
  of({}, here);
  of({ dispatchBatches: true }, here);
  of({ dispatchBatches: true }, remote);
  of({ dispatchBatches: true, groupByLength: true }, long);
  of({ dispatchBatches: true, groupByLength: true }, here, 1);
  assertThrows(
    () => of({}, remote),
    UsageError,
    "Cannot train: rank 0 alone has the rows; set dispatch_batches, or read them on every rank",
  );
  for (const datasets of [here, remote]) {
    assertThrows(
      () => of({ dispatchBatches: true, groupByLength: true }, datasets),
      UsageError,
      'only rank 0 could count the tokens of dataset "d"; give it a column of lengths',
    );
  }
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
