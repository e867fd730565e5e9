import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { parquetWriteBuffer } from "hyparquet-writer";
import { train } from "../../src/cli/train.ts";
import { InputError, UsageError } from "../../src/errors.ts";
import { captureOutput } from "../support/capture_output.ts";
import { TINY_BERT } from "../support/model_directory.ts";
import { withFolder } from "../support/with_folder.ts";

const ROWS = `question,answer
a cat,it purrs
a dog,it barks
a boat,it floats
a train,it runs on rails
`;

function dryRunIn(folder: string, ...flags: string[]): Promise<string> {
  return captureOutput(() =>
    train([
      ...["--dry-run", "--model", TINY_BERT, "--train-dataset", join(folder, "pairs.csv")],
      ...["--output-dir", join(folder, "out"), "--per-device-train-batch-size", "2"],
      ...flags,
    ])
  );
}

Deno.test("dryRun() shows model, data, steps, memory and time, and writes nothing", async () => {
  await withFolder({ "pairs.csv": ROWS }, async (folder) => {
    const rows = join(folder, "pairs.csv");
    const text = await dryRunIn(
      folder,
      ...["--num-train-epochs", "5", "--warmup-ratio", "0.2", "--eval-dataset", `dev=${rows}`],
    );
    const patterns = [
      /^pairs: 4 rows of question, answer$/m,
      /^model {5}bert_tiny: bert, 2 layers, \d+ columns, at most \d+ tokens a text$/m,
      /^ {10}[\d.]+k parameters, [\d.]+k trained$/m,
      /^device {4}\S.*$/m,
      /^train on {2}pairs: 4 rows of question, answer$/m,
      /^evaluate {2}dev: 4 rows of question, answer$/m,
      /^loss {6}MultipleNegativesRankingLoss$/m,
      /^steps {5}10 of 2 rows, 2 an epoch, 5 epochs, 2 to warm up$/m,
      /^parameters +[\d.]+$/m,
      /^activations, 2 rows of \d+ tokens +[\d.]+$/m,
      /^in all +[\d.]+$/m,
      /^about \d+:\d\d for 10 steps at [\d.e-]+ s each: an estimate from three steps/m,
    ];
    for (const pattern of patterns) assertMatch(text, pattern);
    assert(text.includes(`output    ${join(folder, "out", "final")}\n`));
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["pairs.csv"]);
  });
});

Deno.test("dryRun() tells of accumulation, and of what an adapter trains", async () => {
  await withFolder({ "pairs.csv": ROWS }, async (folder) => {
    const flags = "--gradient-accumulation-steps 2 --max-steps 3 --lora-rank 2".split(" ");
    const text = await dryRunIn(folder, ...flags);
    assertMatch(text, /^steps {5}3 of 4 rows in 2 batches of 2, 1 an epoch, 3 epochs,/m);
    const [, all, trained] = /^ {10}([\d.]+)k parameters, ([\d.]+)k? trained$/m.exec(text)!;
    assert(Number(all) > 0 && all !== trained);
  });
});

Deno.test("dryRun() tells what labels mean where the rows do, as does an error", async () => {
  const names = ["entailment", "neutral"];
  const value = JSON.stringify({ info: { features: { label: { names, _type: "ClassLabel" } } } });
  const rows = (label: number[]) =>
    new Uint8Array(parquetWriteBuffer({
      columnData: [
        { name: "premise", data: label.map((_, i) => `a cat ${i}`), type: "STRING" },
        { name: "hypothesis", data: label.map((_, i) => `it purrs ${i}`), type: "STRING" },
        { name: "label", data: label, type: "INT32" },
      ],
      kvMetadata: [{ key: "huggingface", value }],
    }));
  const files = { "nli.parquet": rows([0, 1, 1, 0]), "test.parquet": rows([0, -1]) };
  await withFolder(files, async (folder) => {
    const flags = (file: string) => [
      ...["--dry-run", "--model", TINY_BERT, "--train-dataset", join(folder, file)],
      ...["--loss", 'SoftmaxLoss:{"num_labels": 2}', "--per-device-train-batch-size", "2"],
    ];
    const text = await captureOutput(() => train(flags("nli.parquet")));
    assertMatch(
      text,
      /^train on {2}nli: 4 rows of premise, hypothesis; label is 0 entailment, 1 neutral$/m,
    );
    await assertRejects(
      () => captureOutput(() => train(flags("test.parquet"))),
      UsageError,
      "from -1 to 0 (2 classes: 0 entailment, 1 neutral; -1 marks rows without a label",
    );
  });
});

Deno.test("dryRun() fails as the run would", async () => {
  await withFolder({ "pairs.csv": ROWS }, async (folder) => {
    const loss = ["--loss", "TripletLoss"];
    await assertRejects(() => dryRunIn(folder, ...loss), UsageError, "Cannot train with Triplet");
    const model = ["--model", join(folder, "nowhere")];
    const flags = ["--dry-run", "--train-dataset", join(folder, "pairs.csv"), ...model];
    await assertRejects(() => captureOutput(() => train(flags)), InputError, "nowhere");
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), ["pairs.csv"]);
  });
});
