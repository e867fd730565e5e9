import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { OWN_FLAGS, readRunInputs } from "../../src/cli/run_inputs.ts";
import { InputError, UsageError } from "../../src/errors.ts";
import { argumentNames } from "../../src/train/arguments/fields.ts";
import { withFolder } from "../support/with_folder.ts";

async function assertConfigRefused(config: unknown, message: string): Promise<void> {
  const text = typeof config === "string" ? config : JSON.stringify(config);
  await withFolder({ "run.json": text }, async (folder) => {
    const file = join(folder, "run.json");
    const error = await assertRejects(() => readRunInputs(["--config", file]), UsageError);
    assertEquals(error.message.replaceAll(file, "run.json"), message);
  });
}

Deno.test("readRunInputs() knows 26 flags that are no training arguments", () => {
  const names = Object.keys(OWN_FLAGS);
  assertEquals(names.length, 26);
  const both = names.filter((name) =>
    (argumentNames as readonly string[]).includes(name.replaceAll("-", "_"))
  );
  assertEquals(both, []);
});

Deno.test("readRunInputs() reads flags, repeated ones too", async () => {
  const { own, args } = await readRunInputs(
    "--eval-dataset a.csv --eval_dataset=b=c.csv --model m --learning_rate 1e-3".split(" "),
  );
  assertEquals([...own], [["eval-dataset", ["a.csv", "b=c.csv"]], ["model", ["m"]]]);
  assertEquals(args, { learningRate: 0.001 });
  const nothing = { own: new Map(), args: {}, lenient: false, warnings: [] };
  assertEquals(await readRunInputs([]), nothing);
});

Deno.test("readRunInputs() reads a configuration, which flags override", async () => {
  const config = {
    model: "m",
    train_dataset: "a.csv",
    eval_dataset: ["a.csv", "b.csv"],
    max_seq_length: 64,
    learning_rate: 0.01,
    evalStrategy: "epoch",
    lr_scheduler_kwargs: { power: 2 },
  };
  await withFolder({ "run.json": JSON.stringify(config) }, async (folder) => {
    const file = join(folder, "run.json");
    const { own, args } = await readRunInputs(
      ["--learning-rate", "1", "--config", file, "--eval-dataset", "c.csv", "--seed=1"],
    );
    assertEquals([...own], [
      ["model", ["m"]],
      ["train-dataset", ["a.csv"]],
      ["eval-dataset", ["c.csv"]],
      ["max-seq-length", ["64"]],
    ]);
    assertEquals(args, {
      learningRate: 1,
      evaluationStrategy: "epoch",
      lrSchedulerKwargs: { power: 2 },
      seed: 1,
    });
  });
});

Deno.test("readRunInputs() refuses a configuration without sense", async () => {
  const wanted = 'wanted a JSON object such as {"max_steps": 100}';
  await assertConfigRefused([1], `Cannot read run.json: ${wanted}`);
  await assertConfigRefused("null", `Cannot read run.json: ${wanted}`);
  await assertConfigRefused(
    { modle: "m" },
    'Cannot read run.json: "modle" is no flag or training argument; the nearest is "model"',
  );
  await assertConfigRefused(
    { max_step: 1 },
    'Cannot read run.json: "max_step" is no flag or training argument; the nearest is "max_steps"',
  );
  await assertConfigRefused(
    { config: "other.json" },
    'Cannot read run.json: "config" is no flag or training argument',
  );
  await assertConfigRefused(
    { model: ["a", "b"] },
    'Cannot read run.json: model is ["a","b"], wanted a text',
  );
  await assertConfigRefused(
    { evaluator: [null] },
    "Cannot read run.json: evaluator is [null], wanted a text or a list of texts",
  );
  await withFolder({ "run.json": "{max_steps: 1}" }, async (folder) => {
    const file = join(folder, "run.json");
    await assertRejects(
      () => readRunInputs(["--config", file]),
      UsageError,
      `Cannot read ${file}: it is not JSON (`,
    );
  });
});

Deno.test("readRunInputs() refuses a configuration that is not there", async () => {
  await assertRejects(
    () => readRunInputs(["--config", "no/such.json"]),
    InputError,
    "Cannot read no/such.json: no such file",
  );
});
