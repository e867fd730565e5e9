import { assertEquals } from "@std/assert";
import type { ArgumentValues } from "../../../src/train/arguments/argument_values.ts";
import { SentenceTransformerTrainingArguments } from "../../../src/train/arguments/sentence_transformer_training_arguments.ts";
import { rankReporters } from "../../../src/train/parallel/rank_reporters.ts";

function placed(rank: number, localRank: number, values: Partial<ArgumentValues> = {}) {
  const args = new SentenceTransformerTrainingArguments({ logLevel: "info", ...values });
  args.takePlace({ rank, size: 4, localRank, barrier: () => Promise.resolve() });
  return args;
}

Deno.test("rankReporters() gives rank 0 those that the run has, and its journal", () => {
  const given = [{}];
  const found = rankReporters(placed(0, 0), given);
  assertEquals([found[0] === given[0], found.length], [true, 2]);
});

Deno.test("rankReporters() gives the first rank of a machine those of the run, with log_on_each_node", () => {
  const given = [{}];
  assertEquals(rankReporters(placed(2, 0), given), given);
  const [quiet, ...others] = rankReporters(placed(2, 0, { logOnEachNode: false }), given);
  assertEquals([others.length, Object.keys(quiet)], [0, ["message"]]);
});

Deno.test("rankReporters() shows the messages of other ranks, which log_level_replica chooses", () => {
  const lines: string[] = [];
  const [only, ...others] = rankReporters(placed(3, 1), [{}], (line) => lines.push(line));
  only.message!("Resumed at step 3");
  assertEquals([others.length, lines], [0, ["rank 3: Resumed at step 3"]]);
  assertEquals([0, 1].map((local) => placed(local, local).getProcessLogLevel()), [20, 30]);
  assertEquals(placed(1, 1, { logLevelReplica: "error" }).getProcessLogLevel(), 40);
  assertEquals(placed(2, 0).getProcessLogLevel(), 20);
  assertEquals(placed(2, 0, { logOnEachNode: false }).getProcessLogLevel(), 30);
});
