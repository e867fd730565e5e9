import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { train } from "../../src/cli/train.ts";
import { InputError, UsageError } from "../../src/errors.ts";
import { readTrainerState } from "../../src/io/trainer_state.ts";
import { captureOutput } from "../support/capture_output.ts";
import { TINY_BERT } from "../support/model_directory.ts";
import { ROWS, trainIn } from "../support/train_in.ts";
import { withFolder } from "../support/with_folder.ts";

Deno.test("train() on WordNet with a model of one's own ends with a table beside BM25", async () => {
  await withFolder({}, async (folder) => {
    const flags = "--max-steps 1 --evaluation-strategy no --per-gpu-train-batch-size 8".split(" ");
    const text = await captureOutput(() =>
      train([
        ...["--model", TINY_BERT, "--output-dir", folder, "--max-seq-length", "16"],
        ...flags,
      ])
    );
    assertMatch(text, /^wordnet_entry_linking: 77k rows of anchor, positive\n/);
    assertMatch(text, /77016 examples, batch 8, .* 1 steps\n/);
    assertMatch(text, /\nmetric +BM25 +before +after\n/);
    assertMatch(text, /\nwordnet_cosine_mrr@10 +0\.4\d{3} +0\.0\d{3} +0\.0\d{3}\n/);
    assert(text.includes(`Saved the model to ${join(folder, "final")}.`));
    const { log_history: log } = await readTrainerState(folder);
    const key = "eval_wordnet_cosine_mrr@10";
    assertEquals(log.filter((entry) => key in entry).map(({ step }) => step), [0, 1]);
  });
});

Deno.test("train() without a model trains a small one at its own rate", async () => {
  await withFolder({ "pairs.csv": ROWS }, async (folder) => {
    const text = await captureOutput(() =>
      train([
        ...["--train-dataset", join(folder, "pairs.csv"), "--output-dir", join(folder, "out")],
        ..."--max-steps 1 --logging-steps 1 --save-strategy no --warmup-steps 0".split(" "),
      ])
    );
    assertMatch(text, /^pairs: 4 rows of question, answer\n/);
    assertMatch(text, /training a new encoder \(4\.37M parameters\)/);
    assertMatch(text, /step 1\/1 loss [\d.]+ grad_norm [\d.]+ learning_rate 0\.002 epoch 1\n/);
    assertEquals([...Deno.readDirSync(join(folder, "out"))].map(({ name }) => name).sort(), [
      "final",
      "trainer_state.json",
      "training_log.jsonl",
    ]);
  });
});

Deno.test("train() with an evaluation dataset judges after each epoch", async () => {
  await withFolder({ "pairs.csv": ROWS }, async (folder) => {
    const rows = join(folder, "pairs.csv");
    const text = await trainIn(
      folder,
      ...["--num-train-epochs", "2", "--eval-dataset", rows, "--eval-dataset", `dev=${rows}`],
      ...["--evaluator", 'information_retrieval:{"mrr_at_k": [10]}', "--save-strategy", "no"],
    );
    assertMatch(text, /\nmetric +before +after\n/);
    assertMatch(text, /\npairs_cosine_mrr@10 +[01]\.\d{4} +[01]\.\d{4}\n/);
    assertMatch(text, /\ndev_loss +\d\.\d{4} +\d\.\d{4}\n/);
    const { log_history: log } = await readTrainerState(join(folder, "out"));
    const evaluated = log.filter((entry) => "eval_pairs_loss" in entry);
    assertEquals(evaluated.map(({ step }) => step), [0, 2, 4]);
    const files = [...Deno.readDirSync(join(folder, "out/eval"))].map(({ name }) => name);
    assertEquals(files.sort(), [
      "Information-Retrieval_evaluation_dev_results.csv",
      "Information-Retrieval_evaluation_pairs_results.csv",
    ]);
  });
});

Deno.test("train() shows what was found of the best model where that is saved", async () => {
  await withFolder({ "pairs.csv": ROWS }, async (folder) => {
    const text = await trainIn(
      folder,
      ...["--eval-dataset", join(folder, "pairs.csv"), "--load-best-model-at-end"],
      ..."--max-steps 6 --eval-strategy steps --eval-steps 2 --save-steps 2".split(" "),
      // The first rise of the rate helps, what follows does harm.
      ...["--learning-rate", "0.3", "--metric-for-best-model", "loss", "--warmup-steps", "6"],
    );
    const state = await readTrainerState(join(folder, "out"));
    const best = state.best_global_step!;
    assertEquals(state.best_model_checkpoint, join(folder, `out/checkpoint-${best}`));
    assert(best < 6, `the best step is ${best}: nothing is tested`);
    const shown = Number(/\nloss +[\d.]+ +([\d.]+)\n/.exec(text)![1]);
    assertEquals(shown, Number(state.best_metric!.toFixed(4)));
    const [final, kept] = await Promise.all(
      ["final", `checkpoint-${best}`].map((name) =>
        Deno.readFile(join(folder, "out", name, "model.safetensors"))
      ),
    );
    assertEquals(final, kept);
  });
});

Deno.test("train() goes on from the newest checkpoint", async () => {
  await withFolder({ "pairs.csv": ROWS }, async (folder) => {
    const whole = await trainIn(folder, "--max-steps", "4", "--save-steps", "2");
    assert(whole.includes(" 4 steps\n"));
    const weights = join(folder, "out/final/model.safetensors");
    const expected = await Deno.readFile(weights);
    await Deno.remove(join(folder, "out/checkpoint-4"), { recursive: true });
    const text = await trainIn(folder, "--max-steps", "4", "--resume-from-checkpoint");
    assert(text.includes("Resumed at step 2\n"));
    assertEquals(await Deno.readFile(weights), expected);
  });
});

Deno.test("train() refuses what it cannot do before it makes a directory", async () => {
  await withFolder({ "pairs.csv": ROWS, "one.csv": "text\na\n" }, async (folder) => {
    const [pairs, one] = [join(folder, "pairs.csv"), join(folder, "one.csv")];
    const output = ["--output-dir", join(folder, "out")];
    const rows = ["--train-dataset", pairs];
    const cases: [string[], new () => Error, string][] = [
      [["--loss", "CosineLoss"], UsageError, 'Cannot create loss "CosineLoss"'],
      [["--max-seq-length", "long"], UsageError, "Cannot read --max-seq-length"],
      [["--columns", "a"], UsageError, "Cannot use --columns: there is no dataset"],
      [[...rows, "--train-dataset", one], UsageError, 'found as text columns "text"'],
      [[...rows, "--evaluator", "triplet"], UsageError, "there are no rows"],
      [[...rows, "--eval-strategy", "epoch"], UsageError, "you didn't provide an `eval_dataset`"],
      [["--train-dataset", one], UsageError, "Cannot train with MultipleNegativesRankingLoss"],
      [["--train-dataset", `${one}.gone`], InputError, "no such file"],
      [[...rows, "--model", folder], InputError, "config.json is missing"],
    ];
    for (const [flags, Kind, message] of cases) {
      const tokens = flags.includes("--model") ? flags : ["--model", TINY_BERT, ...flags];
      const run = () => captureOutput(() => train([...output, ...tokens]));
      await assertRejects(run, Kind, message);
    }
    assertEquals(cases.length, 9);
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), [
      "one.csv",
      "pairs.csv",
    ]);
  });
});

Deno.test("train() asks for the software adapter with use_cpu", async () => {
  await withFolder({ "pairs.csv": ROWS }, async (folder) => {
    const asked: unknown[] = [];
    const { requestAdapter } = navigator.gpu;
    navigator.gpu.requestAdapter = (options) => {
      asked.push(options?.forceFallbackAdapter);
      return requestAdapter.call(navigator.gpu, { ...options, forceFallbackAdapter: false });
    };
    try {
      await trainIn(folder, "--max-steps", "1");
      await trainIn(folder, "--max-steps", "1", "--use-cpu");
    } finally {
      navigator.gpu.requestAdapter = requestAdapter;
    }
    assertEquals(asked, [false, true]);
  });
});

Deno.test("train() with lenient runs a configuration that asks for what cannot be honoured", async () => {
  const config = { tf32: true, torch_compile: true, max_steps: 1, lenient: true };
  const files = { "pairs.csv": ROWS, "run.json": JSON.stringify(config) };
  await withFolder(files, async (folder) => {
    const flags = ["--config", join(folder, "run.json"), "--jit-mode-eval", "true"];
    const { error } = console;
    const warnings: string[] = [];
    console.error = (line: string) => warnings.push(line);
    try {
      assertMatch(await trainIn(folder, ...flags), /1 steps/);
    } finally {
      console.error = error;
    }
    assertEquals(
      warnings.map((line) => /^Warning: .*?(tf32|torch_compile|jit_mode_eval)/.exec(line)?.[1]),
      ["jit_mode_eval", "tf32", "torch_compile"],
      warnings.join("\n"),
    );
    const strict = { ...config, lenient: false };
    await Deno.writeTextFile(join(folder, "run.json"), JSON.stringify(strict));
    await assertRejects(() => trainIn(folder, ...flags), UsageError);
  });
});

Deno.test("train() takes a guide for the losses that want one, and only for them", async () => {
  await withFolder({ "pairs.csv": ROWS }, async (folder) => {
    const flags = ["--max-steps", "1", "--save-strategy", "no", "--logging-steps", "1"];
    const text = await trainIn(
      folder,
      ...flags,
      ...["--loss", 'GISTEmbedLoss:{"temperature": 0.1}', "--guide", TINY_BERT],
    );
    assertMatch(text, /step 1\/1 loss \d\.\d+/);
    await assertRejects(
      () => trainIn(folder, ...flags, "--loss", "GISTEmbedLoss"),
      UsageError,
      "Cannot train with GISTEmbedLoss: it wants a guide",
    );
    await assertRejects(
      () => trainIn(folder, ...flags, "--guide", TINY_BERT),
      UsageError,
      "Cannot train: there is a guide, but MultipleNegativesRankingLoss takes no advice",
    );
  });
});
