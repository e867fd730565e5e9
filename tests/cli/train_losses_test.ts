import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { UsageError } from "../../src/errors.ts";
import { ROWS, trainIn } from "../support/train_in.ts";
import { withFolder } from "../support/with_folder.ts";

Deno.test("train() refuses a threshold of early stopping without patience", async () => {
  await withFolder({ "pairs.csv": ROWS }, async (folder) => {
    await assertRejects(
      () => trainIn(folder, "--early-stopping-threshold", "0.1"),
      UsageError,
      "Cannot use --early-stopping-threshold 0.1 without --early-stopping-patience; give both",
    );
  });
});

Deno.test("train() with --lora-rank saves an adapter, or with --merge-adapter a whole model", async () => {
  await withFolder({ "pairs.csv": ROWS }, async (folder) => {
    const once = "--max-steps 1 --save-strategy no --lora-rank 2 --lora-alpha 4".split(" ");
    const files = () => [...Deno.readDirSync(join(folder, "out", "final"))].map(({ name }) => name);
    assertMatch(await trainIn(folder, ...once), /\(512 parameters\)/);
    assert(files().includes("adapter_model.safetensors") && !files().includes("model.safetensors"));
    await trainIn(folder, ...once, "--merge-adapter");
    assert(files().includes("model.safetensors") && !files().includes("adapter_model.safetensors"));
    await assertRejects(
      () => trainIn(folder, "--merge-adapter"),
      UsageError,
      "Cannot use --merge-adapter without an adapter",
    );
  });
});

Deno.test("train() refuses labels that the default loss would not look at", async () => {
  const rows = "a,b,score\nx,y,0.5\nz,w,0.1\n";
  await withFolder({ "pairs.csv": rows }, async (folder) => {
    const error = await assertRejects(
      () => trainIn(folder),
      UsageError,
      'dataset "pairs" has labels, and the default loss, MultipleNegativesRankingLoss, looks at none',
    );
    assertMatch(error.message, /these fit: CoSENTLoss, .*; give one as --loss$/);
  });
});

Deno.test("train() refuses a loss for a dataset that is not there", async () => {
  await withFolder({ "pairs.csv": ROWS }, async (folder) => {
    const name = "MultipleNegativesRankingLoss";
    await assertRejects(
      () => trainIn(folder, "--loss", `pairs=${name}`, "--loss", `pair=${name}`),
      UsageError,
      'there is a --loss for "pair", but the datasets are pairs; the nearest is "pairs"',
    );
  });
});

Deno.test("train() judges by rows that fit no loss, where only evaluators are to see them", async () => {
  const files = { "pairs.csv": ROWS, "scored.csv": "a,b,score\nx,y,0.5\nz,w,0.1\nu,v,0.9\n" };
  await withFolder(files, async (folder) => {
    const scored = join(folder, "scored.csv");
    const flags = ["--num-train-epochs", "1", "--save-strategy", "no"];
    const evaluator = ["--evaluator", "embedding_similarity"];
    const text = await trainIn(folder, ...flags, "--evaluator-dataset", scored, ...evaluator);
    assertMatch(text, /\nspearman_cosine +-?[01]\.\d{4} +-?[01]\.\d{4}\n/);
    assertEquals(text.includes("eval_loss"), false);
    await assertRejects(
      () => trainIn(folder, ...flags, "--evaluator-dataset", scored),
      UsageError,
      "Cannot use --evaluator-dataset without --evaluator",
    );
  });
});

Deno.test("train() gives the classifier of SoftmaxLoss to the evaluator of labels", async () => {
  const rows = "a,b,label\nx,y,0\nz,w,1\nu,v,2\n";
  await withFolder({ "pairs.csv": rows }, async (folder) => {
    const text = await trainIn(
      folder,
      ...["--num-train-epochs", "1", "--save-strategy", "no"],
      ...["--loss", 'SoftmaxLoss:{"num_labels": 3}', "--evaluator", "label_accuracy"],
      ...["--evaluator-dataset", join(folder, "pairs.csv")],
    );
    assertMatch(text, /\naccuracy +[01]\.\d{4} +[01]\.\d{4}\n/);
    const card = await Deno.readTextFile(join(folder, "out", "final", "README.md"));
    assertMatch(card, /\n# bert_tiny\n/);
  });
});

Deno.test("train() serves the run with --watch, and leaves a page and event files with report_to", async () => {
  await withFolder({ "pairs.csv": ROWS }, async (folder) => {
    const text = await trainIn(
      folder,
      ...["--watch", "0", "--report-to", "html,tensorboard", "--run-name", "<mine>"],
      ...["--eval-dataset", join(folder, "pairs.csv"), "--save-strategy", "no"],
      ...["--logging-dir", join(folder, "logs"), "--max-steps", "2", "--gradient-histograms", "1"],
    );
    const url = /^Watch the run at (http:\/\/127\.0\.0\.1:\d+\/)$/m.exec(text)![1];
    await assertRejects(() => fetch(url), TypeError);
    const page = await Deno.readTextFile(join(folder, "out/report.html"));
    assertMatch(page, /<title>&lt;mine&gt;<\/title>/);
    assertMatch(page, /"maps":\[\{"run":0,"step":2,/);
    const [{ name }, ...more] = Deno.readDirSync(join(folder, "logs"));
    assertMatch(name, /^events\.out\.tfevents\./);
    assertEquals(more, []);
    const events = new TextDecoder().decode(await Deno.readFile(join(folder, "logs", name)));
    assert(events.includes("gradients/embeddings.word_embeddings.weight"));
  });
});
