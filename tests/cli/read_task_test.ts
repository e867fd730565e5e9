import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { readTask } from "../../src/cli/read_task.ts";
import { readRunInputs } from "../../src/cli/run_inputs.ts";
import { InputError, UsageError } from "../../src/errors.ts";
import { SentenceTransformerTrainingArguments } from "../../src/train/arguments/sentence_transformer_training_arguments.ts";
import { memoryRanks } from "../support/tiny_ranks.ts";
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

Deno.test("readTask() reads on rank 0 alone with dispatch_batches, and sends evaluation rows whole", async () => {
  const files = { "pairs.jsonl": ROWS, "other.jsonl": ROWS };
  await withFolder(files, async (folder) => {
    const tasks = await Promise.all(
      memoryRanks(2).map(async (communicator) => {
        // The files of the other rank are not there.
        const [train, other] = ["pairs.jsonl", "other.jsonl"].map((name) =>
          join(folder, communicator.rank === 0 ? "" : "nowhere", name)
        );
        const inputs = await readRunInputs([
          ...["--train-dataset", train, "--eval-dataset", other, "--dispatch-batches", "true"],
          ...["--evaluator-dataset", other, "--evaluator", "embedding_similarity"],
        ]);
        const args = new SentenceTransformerTrainingArguments(inputs.args);
        const warnings: string[] = [];
        const warn = (line: string) => warnings.push(line);
        return { ...await readTask(inputs, args, { warn, communicator }), warnings };
      }),
    );
    const [own, remote] = tasks;
    assertEquals([own.warnings.length, remote.warnings.length], [3, 0]);
    assertEquals(remote.train.map(({ name, labels }) => [name, labels]), [["pairs", [1, 0]]]);
    for (const { evaluation, judging, evaluators } of tasks) {
      assertEquals([...evaluation[0].text("positive")], ["b", "d"]);
      assertEquals([...judging[0].text("anchor")], ["a", "c"]);
      assertEquals(evaluators.length, 1);
    }
    const missing = await Promise.allSettled(
      memoryRanks(2).map(async (communicator) => {
        const path = join(folder, "nowhere.jsonl");
        const inputs = await readRunInputs(["--train-dataset", path, "--dispatch-batches", "true"]);
        const args = new SentenceTransformerTrainingArguments(inputs.args);
        await readTask(inputs, args, { warn: () => {}, communicator });
      }),
    );
    const reasons = missing.map((result) => (result as PromiseRejectedResult).reason);
    assertEquals(reasons.map((reason) => reason instanceof InputError), [true, true]);
    assertMatch(reasons[1].message, /nowhere\.jsonl.* \(on rank 0\)$/);
  });
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
