import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { readTask } from "../../src/cli/read_task.ts";
import { readRunInputs } from "../../src/cli/run_inputs.ts";
import { InputError, UsageError } from "../../src/errors.ts";
import { SentenceTransformerTrainingArguments } from "../../src/train/arguments/sentence_transformer_training_arguments.ts";
import { withFolder } from "../support/with_folder.ts";

const ROWS = [
  { anchor: "a", positive: "b", id: 7, length: 3, gold: 0.5, label: 1 },
  { anchor: "c", positive: "d", id: 8, length: 9, gold: 0.25, label: 0 },
].map((row) => JSON.stringify(row)).join("\n");

/** Reads the rows with some more flags. */
async function taskOf(flags: readonly string[]) {
  let found: Awaited<ReturnType<typeof readTask>> | null = null;
  const warnings: string[] = [];
  await withFolder({ "pairs.jsonl": ROWS }, async (folder) => {
    const file = join(folder, "pairs.jsonl");
    const inputs = await readRunInputs(["--train-dataset", file, ...flags]);
    const args = new SentenceTransformerTrainingArguments(inputs.args);
    found = await readTask(inputs, args, { warn: (line) => warnings.push(line) });
  });
  return { task: found!, dataset: found!.train[0], warnings };
}

Deno.test("readTask() leaves columns without texts out, and says so: remove_unused_columns", async () => {
  const { dataset, warnings } = await taskOf([]);
  assertEquals(dataset.columns, ["anchor", "positive"]);
  assertEquals([dataset.labels, dataset.lengths], [[1, 0], null]);
  assertEquals(warnings, [
    'Dataset "pairs" has columns without texts, which are left out: id, length, gold',
  ]);
  await assertRejects(
    () => taskOf(["--no-remove-unused-columns"]),
    InputError,
    'column "id"',
  );
});

Deno.test("readTask() takes labels from the first column of label_names that is there", async () => {
  const { dataset } = await taskOf(["--label-names", "score,gold"]);
  assertEquals([dataset.labels, dataset.labelColumn], [[0.5, 0.25], "gold"]);
});

Deno.test("readTask() takes lengths from length_column_name with group_by_length alone", async () => {
  const lengths = async (...flags: string[]) => (await taskOf(flags)).dataset.lengths;
  assertEquals(await lengths("--group-by-length"), [3, 9]);
  assertEquals(await lengths("--group-by-length", "--length-column-name", "id"), [7, 8]);
  assertEquals(await lengths("--length-column-name", "id"), null);
});

Deno.test("readTask() leaves rows on disk where that is wanted, and finds the same", async () => {
  const [memory, disk] = [await taskOf([]), await taskOf(["--streaming"])];
  const texts = ({ dataset }: typeof memory) => [...dataset.text("positive")];
  assertEquals(Array.isArray(memory.dataset.text("anchor")), true);
  assertEquals(Array.isArray(disk.dataset.text("anchor")), false);
  assertEquals(texts(disk), texts(memory));
  disk.dataset.close();
});

Deno.test("readTask() warns of columns in an unusual place", async () => {
  const { warnings } = await taskOf(["--columns", "positive,anchor"]);
  assertEquals(warnings.length, 1);
  assertMatch(warnings[0], /^Column "positive" of dataset "pairs" is input 1/);
});

Deno.test("readTask() refuses columns without a dataset", async () => {
  const inputs = await readRunInputs(["--columns", "a"]);
  await assertRejects(
    () => readTask(inputs, new SentenceTransformerTrainingArguments(), { warn: () => {} }),
    UsageError,
    "there is no dataset",
  );
});
