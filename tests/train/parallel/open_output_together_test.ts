import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { InputError, OutputError } from "../../../src/errors.ts";
import { LOCK_NAME } from "../../../src/io/output_lock.ts";
import { SentenceTransformerTrainingArguments } from "../../../src/train/arguments/sentence_transformer_training_arguments.ts";
import { openOutputTogether } from "../../../src/train/parallel/open_output_together.ts";
import { RankGroup } from "../../../src/train/parallel/rank_group.ts";
import { memoryRanks, trainOnRanks } from "../../support/tiny_ranks.ts";
import { withFolder } from "../../support/with_folder.ts";

const setups = (outputDir: string) =>
  memoryRanks(2).map((each) => ({
    group: new RankGroup(each),
    args: new SentenceTransformerTrainingArguments({ outputDir }),
  }));

const isLocked = (folder: string) =>
  Deno.stat(join(folder, LOCK_NAME)).then(() => true, () => false);

Deno.test("openOutputTogether() locks on rank 0 and finds the same checkpoint on all", async () => {
  await withFolder({}, async (outputDir) => {
    await trainOnRanks(1, { outputDir, maxSteps: 2, saveStrategy: "steps", saveSteps: 1 });
    const opened = await Promise.all(
      setups(outputDir).map((setup) => openOutputTogether(setup, { from: true })),
    );
    assertEquals(opened.map(({ lock }) => lock !== null), [true, false]);
    const path = join(outputDir, "checkpoint-2");
    assertEquals(opened.map(({ saved }) => saved!.path), [path, path]);
    assertEquals(opened.map(({ saved }) => saved!.state.global_step), [2, 2]);
    assertEquals(await isLocked(outputDir), true);
    for (const output of opened) output[Symbol.dispose]();
    assertEquals(await isLocked(outputDir), false);
  });
});

Deno.test("openOutputTogether() fails on all ranks where rank 0 fails", async () => {
  await withFolder({}, async (outputDir) => {
    const open = (from: boolean | null) =>
      Promise.allSettled(setups(outputDir).map((setup) => openOutputTogether(setup, { from })));
    const missing = (await open(true)) as PromiseRejectedResult[];
    assertEquals(missing.map(({ reason }) => reason instanceof InputError), [true, true]);
    const opened = await open(null);
    const second = (await open(null)) as PromiseRejectedResult[];
    assertEquals(second.map(({ reason }) => reason instanceof OutputError), [true, true]);
    for (const result of opened) if (result.status === "fulfilled") result.value[Symbol.dispose]();
  });
});
