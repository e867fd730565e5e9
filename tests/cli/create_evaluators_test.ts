import { assertEquals, assertThrows } from "@std/assert";
import { createEvaluators } from "../../src/cli/create_evaluators.ts";
import { type Dataset, datasetFromRows } from "../../src/data/dataset.ts";
import { InputError, UsageError } from "../../src/errors.ts";

function scored(name: string, score: number | number[] = 0.5): Dataset {
  return datasetFromRows([{ a: "one", b: "two", score }, { a: "three", b: "four", score }], {
    name,
  });
}

function filesOf(specs: string[], ...datasets: Dataset[]): string[] {
  return createEvaluators(specs, datasets).map(({ csvFile }) => csvFile);
}

Deno.test("createEvaluators() makes none of nothing", () => {
  assertEquals(createEvaluators([], []), []);
  assertEquals(createEvaluators([], [scored("dev")]), []);
});

Deno.test("createEvaluators() names them over several datasets only", () => {
  const names = (specs: string[], ...datasets: Dataset[]) =>
    createEvaluators(specs, datasets).map(({ name }) => name);
  const specs = ["embedding_similarity", 'InformationRetrievalEvaluator:{"name": "ir"}'];
  assertEquals(names(specs, scored("dev")), ["", "ir"]);
  assertEquals(names(specs, scored("dev"), scored("test")), ["dev", "test", "ir_dev", "ir_test"]);
});

Deno.test("createEvaluators() refuses two that would write the same metrics", () => {
  const twice = ["embedding_similarity", "EmbeddingSimilarityEvaluator"];
  assertThrows(
    () => filesOf(twice, scored("dev")),
    UsageError,
    'Cannot evaluate with EmbeddingSimilarityEvaluator: it is there twice under the name ""; ' +
      'give each a name, as EmbeddingSimilarityEvaluator:{"name": "second"}',
  );
  const named = ["embedding_similarity", 'embedding_similarity:{"name": "second"}'];
  assertEquals(filesOf(named, scored("dev")).length, 2);
});

Deno.test("createEvaluators() refuses what it cannot judge by", () => {
  assertThrows(
    () => createEvaluators(['triplet:{"margin": 1}'], []),
    UsageError,
    "Cannot evaluate with triplet: there are no rows; give --eval-dataset FILE",
  );
  assertThrows(() => createEvaluators(["triplets"], [scored("dev")]), UsageError, '"triplet"');
  assertThrows(() => createEvaluators(["triplet:{"], []), UsageError, "Cannot read options");
  assertThrows(() => createEvaluators(["triplet"], [scored("dev")]), InputError, "at least 3");
  assertThrows(
    () => createEvaluators(["embedding_similarity"], [scored("dev", [0.1, 0.2])]),
    InputError,
    "the dataset has no labels",
  );
});

Deno.test("createEvaluators() asks for no rows where an evaluator reads a folder", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const spec = `nano_beir:{"folder": ${JSON.stringify(folder)}, "dataset_names": ["nq"]}`;
    assertThrows(() => createEvaluators([spec], []), InputError, "no sub-folder for NanoNQ");
    await Deno.mkdir(`${folder}/NanoNQ`);
    for (const part of ["corpus", "queries", "qrels"]) {
      await Deno.writeTextFile(`${folder}/NanoNQ/${part}.jsonl`, "");
    }
    for (const datasets of [[], [scored("dev")], [scored("dev"), scored("test")]]) {
      const found = createEvaluators([spec], datasets).map(({ csvFile }) => csvFile);
      assertEquals(found, ["NanoBEIR_evaluation_mean_results.csv"]);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("createEvaluators() hands labels of several numbers on as a teacher's embeddings", () => {
  assertEquals(filesOf(["mse"], scored("dev", [0.1, 0.2])), ["mse_evaluation__results.csv"]);
  assertThrows(() => createEvaluators(["mse"], [scored("dev")]), InputError, "several numbers");
});
