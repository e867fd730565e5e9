import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../../src/errors.ts";
import { SentenceTransformerTrainingArguments } from "../../../src/train/arguments/sentence_transformer_training_arguments.ts";
import { groupOf } from "../../../src/train/parallel/group_of.ts";
import { memoryRanks } from "../../support/tiny_ranks.ts";

Deno.test("groupOf() gives no group to one process", () => {
  const args = new SentenceTransformerTrainingArguments({});
  assertEquals(groupOf({}, args), null);
  assertEquals([args.worldSize, args.processIndex], [1, 0]);
});

Deno.test("groupOf() makes a group of several ranks and tells the arguments their place", () => {
  const [, communicator] = memoryRanks(2);
  const args = new SentenceTransformerTrainingArguments({});
  const group = groupOf({ communicator, signal: AbortSignal.abort("SIGINT") }, args)!;
  assertEquals([group.rank, group.size, group.isMain, group.wantsToStop], [1, 2, false, true]);
  assertEquals([args.worldSize, args.processIndex], [2, 1]);
});

Deno.test("groupOf() refuses arguments that do not go with several processes", () => {
  const [communicator] = memoryRanks(2);
  const args = new SentenceTransformerTrainingArguments({ autoFindBatchSize: true });
  assertThrows(() => groupOf({ communicator }, args), UsageError, "auto_find_batch_size");
});
