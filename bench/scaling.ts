/**
 * Measures steps on several ranks:
 *
 * ```sh
 * mpirun --bind-to none -n 2 deno run -A bench/scaling.ts [ROWS] [ARGUMENTS AS JSON] [fp16] [deep]
 * ```
 *
 * ROWS are those of all ranks together, 32 by default. The model is the new small one, whose word embeddings
 * are 89 % of its gradients; with `deep` one of 8 such layers and 20 words, where they are 0.2 %. Rank 0
 * prints a line: ranks, milliseconds a step (the median of 12 after 4), and bytes of gradients. With `fp16`
 * gradients travel as halves. With `{"loggingSteps": 1}` it prints the losses too.
 *
 * @module
 */
import { Dataset } from "../src/data/dataset.ts";
import { Tokenizer } from "../src/data/tokenizer.ts";
import { communicatorForProcess } from "../src/distributed/communicator_for_process.ts";
import { chooseAdapter } from "../src/distributed/choose_adapter.ts";
import { openGpu } from "../src/io/open_gpu.ts";
import { MultipleNegativesRankingLoss } from "../src/losses/multiple_negatives_ranking_loss.ts";
import { newSmallModel } from "../src/models/new_small_model.ts";
import { SentenceTransformer } from "../src/models/sentence_transformer.ts";
import { SentenceTransformerTrainingArguments } from "../src/train/arguments/sentence_transformer_training_arguments.ts";
import { SentenceTransformerTrainer } from "../src/train/trainer.ts";

const [rows = "32", json = "{}", ...options] = Deno.args;
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
  model: options.includes("deep")
    ? deepModel(await newSmallModel(gpu))
    : await newSmallModel(gpu, { trainable: true, seed: 1 }),
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
  ...(options.includes("fp16") && { gradientCompression: "fp16" }),
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
  const losses = trainer.state.logHistory.flatMap(({ loss }) => loss == null ? [] : [loss]);
  if (losses.length > 0) console.log(JSON.stringify(losses));
}
await trainer.destroy();
await Deno.remove(outputDir, { recursive: true }).catch(() => {});
await communicator.finish();
Deno.exit(0);

/** As the small model, but with more layers and with the words alone that are used. */
function deepModel(small: SentenceTransformer): SentenceTransformer {
  const vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ...words];
  const { config } = small;
  small.destroy();
  return SentenceTransformer.create(gpu, {
    tokenizer: Tokenizer.fromVocabulary(vocabulary),
    maxSequenceLength: 128,
    seed: 1,
    trainable: true,
    config: { ...config, num_hidden_layers: 8, vocab_size: vocabulary.length },
  });
}
