import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { createEvaluators } from "../src/cli/create_evaluators.ts";
import { JOB_ARGUMENTS, NEW_MODEL_ARGUMENTS } from "../src/cli/default_job.ts";
import { lossesOf } from "../src/cli/losses_of.ts";
import { readDatasets } from "../src/cli/read_datasets.ts";
import { readRunInputs, type RunInputs } from "../src/cli/run_inputs.ts";
import { labelFacts } from "../src/data/label_facts.ts";
import type { Loss } from "../src/losses/loss.ts";
import { SoftmaxLoss } from "../src/losses/softmax_loss.ts";
import { SentenceTransformerTrainingArguments } from "../src/train/arguments/sentence_transformer_training_arguments.ts";
import { ROOT } from "../tools/repository.ts";
import { withFolder } from "./support/with_folder.ts";

const FOLDER = join(ROOT, "examples");

async function readExamples(): Promise<Map<string, RunInputs>> {
  const examples = new Map<string, RunInputs>();
  for await (const { name } of Deno.readDir(FOLDER)) {
    if (!name.endsWith(".json")) continue;
    examples.set(name, await readRunInputs(["--config", join(FOLDER, name)]));
  }
  return examples;
}

/** A configuration, its page where it is a recipe, and the files that belong to both. */
const RECIPES: Readonly<Record<string, readonly string[]>> = {
  distillation: ["distillation.txt", "distillation_dev.txt"],
  domain_adaptation: ["domain_adaptation.jsonl", "domain_adaptation_dev.jsonl"],
  duplicates: ["duplicates.jsonl", "duplicates_dev.jsonl"],
  matryoshka: [],
  multilingual: ["multilingual.jsonl", "multilingual_dev.jsonl"],
  pair_classification: ["pair_classification.jsonl", "pair_classification_dev.jsonl"],
  search: ["search.jsonl", "search_dev.jsonl"],
};

const NAMES = [...Object.keys(RECIPES), "pairs", "triplets", "wordnet"].sort();

/** What a teacher of 768 numbers would make of two texts: the first command of that recipe writes it. */
const TEACHER = [0, 1].map((text) =>
  `${JSON.stringify({ text: `${text}`, embedding: Array.from({ length: 768 }, () => text) })}\n`
).join("");

Deno.test("the 10 configurations read, and so do the files that they name", async () => {
  const examples = await readExamples();
  assertEquals([...examples.keys()].sort(), NAMES.map((name) => `${name}.json`));
  let datasets = 0;
  await withFolder({ "teacher.jsonl": TEACHER, "teacher_dev.jsonl": TEACHER }, async (folder) => {
    for (const [name, { own, args }] of examples) {
      assertEquals(
        new SentenceTransformerTrainingArguments(args).outputDir,
        `output/${name.replace(".json", "")}`,
      );
      const loss = lossesOf(own.get("loss") ?? []) as Loss;
      const read = (flag: "train-dataset" | "eval-dataset" | "evaluator-dataset") =>
        readDatasets(
          (own.get(flag) ?? []).map((file) =>
            file.replace("output/distillation/", `${folder}/`).replace("examples/", `${FOLDER}/`)
          ),
          own.get("columns")?.[0],
          { labelColumns: args.labelNames ?? undefined },
        );
      const [train, evaluation] = [await read("train-dataset"), await read("eval-dataset")];
      const judging = await read("evaluator-dataset");
      for (const dataset of [...train, ...evaluation]) {
        loss.checkColumns(dataset.columns, labelFacts(dataset));
      }
      const specs = own.get("evaluator") ?? [];
      const judged = judging.length > 0 ? judging : evaluation;
      const classifier = loss instanceof SoftmaxLoss ? loss : undefined;
      assertEquals(createEvaluators(specs, judged, { classifier }).length, specs.length);
      datasets += train.length + evaluation.length + judging.length;
    }
  });
  assertEquals(datasets, 18);
});

Deno.test("a recipe's data are 20 to 60 rows to train on, and others to judge by", async () => {
  let files = 0;
  for (const name of Object.values(RECIPES).flat()) {
    const lines = (await Deno.readTextFile(join(FOLDER, name))).trim().split("\n");
    const [least, most] = name.includes("_dev") ? [8, 20] : [20, 60];
    assert(lines.length >= least && lines.length <= most, `${name}: ${lines.length}`);
    assertEquals(new Set(lines).size, lines.length, name);
    files++;
  }
  assertEquals(files, 12);
});

Deno.test("a recipe's page begins with its command", async () => {
  for (const name of Object.keys(RECIPES)) {
    const [first] = (await Deno.readTextFile(join(FOLDER, `${name}.md`))).split("\n");
    const wanted = name === "distillation"
      ? "encode --model all-mpnet-base-v2 --output output/distillation/teacher.jsonl " +
        "examples/distillation.txt"
      : `train --config examples/${name}.json`;
    assertEquals(first, `\`deno run -A cli.ts ${wanted}\``);
  }
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
  const data = Object.values(RECIPES).flat();
  const files = [...Deno.readDirSync(FOLDER)].filter(({ isFile }) => isFile)
    .map(({ name }) => name).filter((name) => name !== "README.md" && !data.includes(name));
  assertEquals(files.length, 21);
  for (const name of files) {
    assert(text.includes(name.endsWith(".md") ? `(${name})` : `\`${name}\``), name);
  }
});
