import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { createEvaluators } from "../src/cli/create_evaluators.ts";
import { JOB_ARGUMENTS, NEW_MODEL_ARGUMENTS } from "../src/cli/default_job.ts";
import { readDatasets } from "../src/cli/read_datasets.ts";
import { readRunInputs, type RunInputs } from "../src/cli/run_inputs.ts";
import { labelFacts } from "../src/data/label_facts.ts";
import { createLoss } from "../src/losses/names.ts";
import { parseSpec } from "../src/spec.ts";
import { SentenceTransformerTrainingArguments } from "../src/train/arguments/sentence_transformer_training_arguments.ts";
import { ROOT } from "../tools/repository.ts";

const FOLDER = join(ROOT, "examples");

async function readExamples(): Promise<Map<string, RunInputs>> {
  const examples = new Map<string, RunInputs>();
  for await (const { name } of Deno.readDir(FOLDER)) {
    if (!name.endsWith(".json")) continue;
    examples.set(name, await readRunInputs(["--config", join(FOLDER, name)]));
  }
  return examples;
}

Deno.test("the 3 configurations read, and so do the files that they name", async () => {
  const examples = await readExamples();
  assertEquals([...examples.keys()].sort(), ["pairs.json", "triplets.json", "wordnet.json"]);
  let datasets = 0;
  for (const [name, { own, args }] of examples) {
    assertEquals(
      new SentenceTransformerTrainingArguments(args).outputDir,
      `output/${name.replace(".json", "")}`,
    );
    const spec = parseSpec("loss", own.get("loss")?.[0] ?? "MultipleNegativesRankingLoss");
    const loss = createLoss(spec.name, spec.options);
    const read = (flag: "train-dataset" | "eval-dataset") =>
      readDatasets(
        (own.get(flag) ?? []).map((file) => file.replace("examples/", `${FOLDER}/`)),
        own.get("columns")?.[0],
      );
    const [train, evaluation] = [await read("train-dataset"), await read("eval-dataset")];
    for (const dataset of [...train, ...evaluation]) {
      loss.checkColumns(dataset.columns, labelFacts(dataset));
    }
    const specs = own.get("evaluator") ?? [];
    assertEquals(createEvaluators(specs, evaluation).length, specs.length);
    datasets += train.length + evaluation.length;
  }
  assertEquals(datasets, 4);
});

Deno.test("wordnet.json is the default job written out", async () => {
  const { own, args } = (await readExamples()).get("wordnet.json")!;
  assertEquals(own.size, 0);
  assertEquals(args, { ...JOB_ARGUMENTS, ...NEW_MODEL_ARGUMENTS, outputDir: "output/wordnet" });
});

Deno.test("the first line of the README runs the first of them, and all are named", async () => {
  const text = await Deno.readTextFile(join(FOLDER, "README.md"));
  assertEquals(
    text.split("\n")[0],
    "`deno run -A cli.ts train --config examples/wordnet.json`",
  );
  const files = [...Deno.readDirSync(FOLDER)].map(({ name }) => name);
  assertEquals(files.length, 7);
  for (const name of files) assert(name === "README.md" || text.includes(`\`${name}\``), name);
});
