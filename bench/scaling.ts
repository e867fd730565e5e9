/**
 * Measures steps of the new small model on several ranks:
 *
 * ```sh
 * mpirun -n 2 deno run -A bench/scaling.ts [ROWS] [ARGUMENTS AS JSON]
 * ```
 *
 * ROWS are those of all ranks together, 32 by default. Rank 0 prints a line: ranks, milliseconds a step
 * (the median of 12 after 4), bytes of gradients, and of optimizer state on this rank.
 *
 * @module
 */
import { Dataset } from "../src/data/dataset.ts";
import { communicatorForProcess } from "../src/distributed/communicator_for_process.ts";
import { chooseAdapter } from "../src/distributed/choose_adapter.ts";
import { openGpu } from "../src/io/open_gpu.ts";
import { MultipleNegativesRankingLoss } from "../src/losses/multiple_negatives_ranking_loss.ts";
import { newSmallModel } from "../src/models/new_small_model.ts";
import { SentenceTransformerTrainingArguments } from "../src/train/arguments/sentence_transformer_training_arguments.ts";
import { SentenceTransformerTrainer } from "../src/train/trainer.ts";

const [rows = "32", json = "{}"] = Deno.args;
const STEPS = { before: 4, measured: 12 };

const communicator = communicatorForProcess();
chooseAdapter(communicator);
const gpu = await openGpu();
const words = "the cat sat on a mat while rain fell over green hills and slow rivers".split(" ");
const texts = (shift: number) =>
  Array.from(
    { length: Number(rows) * 4 },
    (_, i) => Array.from({ length: 16 }, (_, j) => words[(i * 7 + j * 3 + shift) % 15]).join(" "),
  );
const outputDir = await communicator.broadcastJson(await Deno.makeTempDir());
const times: number[] = [];
let since = 0;
const trainer = new SentenceTransformerTrainer({
  model: await newSmallModel(gpu, { trainable: true, seed: 1 }),
  args: new SentenceTransformerTrainingArguments({
    outputDir,
    perDeviceTrainBatchSize: Number(rows) / communicator.size,
    maxSteps: STEPS.before + STEPS.measured,
    saveStrategy: "no",
    ...JSON.parse(json),
  }),
  trainDataset: new Dataset({
    name: "pairs",
    texts: new Map([["anchor", texts(0)], ["positive", texts(5)]]),
  }),
  loss: new MultipleNegativesRankingLoss(),
  communicator,
  callbacks: [{
    name: "clock",
    async onStepEnd() {
      await gpu.read(gpu.constant(0));
      times.push(performance.now() - since);
      since = performance.now();
    },
  }],
});
await trainer.train();
if (communicator.rank === 0) {
  const sorted = times.slice(STEPS.before).sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  const gradients = trainer.model.store.slabs.reduce((sum, { values }) => sum + values.bytes, 0);
  console.log(
    `${communicator.size} ranks x ${Number(rows) / communicator.size} rows: ` +
      `${median.toFixed(0)} ms a step (${sorted[0].toFixed(0)} to ${sorted.at(-1)!.toFixed(0)}), ` +
      `gradients ${(gradients / 1e6).toFixed(1)} MB`,
  );
}
await trainer.destroy();
await Deno.remove(outputDir, { recursive: true }).catch(() => {});
await communicator.finish();
Deno.exit(0);
