import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { evaluate } from "../../src/cli/evaluate.ts";
import { InputError, OutputError, UsageError } from "../../src/errors.ts";
import { captureOutput } from "../support/capture_output.ts";
import { TINY_BERT } from "../support/model_directory.ts";
import { withFolder } from "../support/with_folder.ts";

const MODEL = ["--model", TINY_BERT];
const ROWS = "left\tright\tscore\na cat\ta dog\t0.7\na cat\ta boat\t0.1\na dog\ta hat\t0.2\n";

Deno.test("evaluate() prints a table and adds rows to CSV files", async () => {
  await withFolder({ "dev.tsv": ROWS }, async (folder) => {
    const tokens = [
      ...MODEL,
      ...["--eval-dataset", join(folder, "dev.tsv")],
      ...["--columns", "right,left"],
      ...["--evaluator", "embedding_similarity"],
      ...["--evaluator", 'information_retrieval:{"name": "ir", "mrr_at_k": [10]}'],
      ...["--output-dir", join(folder, "new")],
    ];
    const tables = [
      await captureOutput(() => evaluate(tokens)),
      await captureOutput(() => evaluate(tokens)),
    ];
    assertEquals(tables[0], tables[1]);
    const lines = tables[0].trimEnd().split("\n");
    assertMatch(lines[0], /^metric +model$/);
    assertMatch(lines[2], /^ir_cosine_mrr@10 +[01]\.\d{4}$/);
    assertMatch(tables[0], /^spearman_cosine +-?[01]\.\d{4}$/m);
    const csv = await Deno.readTextFile(
      join(folder, "new/similarity_evaluation_results.csv"),
    );
    const [header, first, second, end] = csv.split("\n");
    assertMatch(header, /^epoch,steps,/);
    assertEquals([first.startsWith("-1,-1,"), first, end], [true, second, ""]);
  });
});

Deno.test("evaluate() measures WordNet entry linking beside BM25 without a dataset", async () => {
  const table = await captureOutput(() => evaluate([...MODEL, "--max-seq-length", "16"]));
  const lines = table.trimEnd().split("\n");
  assertEquals(lines.length, 5);
  assertMatch(lines[0], /^metric +BM25 +model$/);
  assertMatch(lines[2], /^wordnet_cosine_mrr@10 +0\.4\d{3} +0\.0\d{3}$/);
});

Deno.test("evaluate() refuses what it cannot do", async () => {
  await withFolder({ "dev.tsv": ROWS }, async (folder) => {
    const rows = ["--eval-dataset", join(folder, "dev.tsv")];
    const cases: [string[], new () => Error, string][] = [
      [[], UsageError, "Cannot evaluate: give the model, --model DIR or ORG/NAME"],
      [["dev.tsv"], UsageError, 'Cannot read "dev.tsv": it follows no flag'],
      [["--seed", "1"], UsageError, "Cannot read --seed: the flags of evaluate are --model"],
      [[...MODEL, ...rows], UsageError, "give the evaluator, --evaluator NAME"],
      [[...MODEL, "--evaluator", "triplet"], UsageError, "there are no rows"],
      [[...MODEL, "--columns", "a"], UsageError, "Cannot use --columns: there is no dataset"],
      [[...MODEL, ...rows, "--evaluator", "triplet"], InputError, "wanted at least 3"],
      [[...MODEL, ...rows, ...rows, "--evaluator", "triplet"], UsageError, 'name "dev"'],
      [["--model", folder, ...rows, "--evaluator", "embedding_similarity"], InputError, "config"],
      [
        [
          ...MODEL,
          ...rows,
          ...["--evaluator", "embedding_similarity"],
          ...["--output-dir", join(folder, "dev.tsv/below")],
        ],
        OutputError,
        "a part of the path is a file",
      ],
    ];
    for (const [tokens, Kind, message] of cases) {
      await assertRejects(() => evaluate(tokens), Kind, message);
    }
    assertEquals(cases.length, 10);
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["dev.tsv"]);
  });
});
