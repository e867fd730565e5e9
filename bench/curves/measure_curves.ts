/**
 * Measures how cost grows with work: `deno run -A bench/curves/measure_curves.ts FILE` writes what it found
 * as JSON, which `draw_curves.ts` draws.
 *
 * @module
 */
import { join } from "@std/path";
import { collate } from "../../src/data/collator.ts";
import { Random } from "../../src/data/random.ts";
import { readDataset } from "../../src/data/read_dataset.ts";
import { Gpu } from "../../src/gpu/device.ts";
import { Tensor } from "../../src/gpu/tensor.ts";
import { CachedMultipleNegativesRankingLoss } from "../../src/losses/cached_multiple_negatives_ranking_loss.ts";
import type { Loss } from "../../src/losses/loss.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import { newSmallModel } from "../../src/models/new_small_model.ts";
import { Tape } from "../../src/ops/tape.ts";
import { SentenceTransformerTrainingArguments } from "../../src/train/arguments/sentence_transformer_training_arguments.ts";
import { SentenceTransformerTrainer } from "../../src/train/trainer.ts";

/** One measured point. */
export interface Point {
  /** Which curve it is of. */
  readonly curve: string;
  /** How much work there was. */
  readonly x: number;
  /** What it cost. */
  readonly y: number;
}

const STEPS = 12;
const WARM_UP = 4;
const ROWS = [1e3, 1e4, 1e5, 1e6];
const BATCHES = [8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096];
const CANDIDATES = [256, 1024, 4096, 16384, 32768];
const DIMENSION = 384;
/** Pairs above which a batch goes through the loss that embeds it in parts. */
const MOST_AT_ONCE = 256;

const gpu = await Gpu.request();

async function pairsFile(folder: string, rows: number): Promise<string> {
  const random = new Random(rows, "curves");
  const words = (count: number) =>
    Array.from({ length: count }, () => String.fromCharCode(97 + random.integer(26))).join(" ");
  const path = join(folder, `${rows}.jsonl`);
  using file = await Deno.open(path, { write: true, create: true });
  const writer = new TextEncoder();
  for (let row = 0; row < rows; row += 1000) {
    const lines = Array.from({ length: 1000 }, (_, i) => {
      const pair = { anchor: `${row + i} ${words(8)}`, positive: words(12) };
      return `${JSON.stringify(pair)}\n`;
    });
    await file.write(writer.encode(lines.join("")));
  }
  return path;
}

/** Microseconds a token of the steps after warming up, at the median of the steps. */
async function timePerToken(path: string, batch: number, loss: Loss): Promise<number> {
  const model = await newSmallModel(gpu);
  const dataset = await readDataset(path);
  const outputDir = await Deno.makeTempDir();
  const times: number[] = [];
  let [before, tokens] = [0, 0];
  const trainer = new SentenceTransformerTrainer({
    model,
    args: new SentenceTransformerTrainingArguments({
      outputDir,
      maxSteps: STEPS,
      perDeviceTrainBatchSize: batch,
      loggingSteps: 1,
      saveStrategy: "no",
    }),
    trainDataset: dataset,
    loss,
    callbacks: [{
      onStepEnd({ state }) {
        // With a log line a step, every step ends with a readback: its time is its own.
        const now = performance.now();
        if (state.globalStep > WARM_UP) times.push((now - before) / (state.tokensSeen - tokens));
        [before, tokens] = [now, state.tokensSeen];
      },
    }],
  });
  await trainer.train();
  await trainer.destroy();
  model.destroy();
  dataset.close();
  await Deno.remove(outputDir, { recursive: true });
  gpu.pool.trim();
  return 1000 * times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
}

/** Peak of the pool and milliseconds of the in-batch loss over a number of candidates. */
async function lossOver(candidates: number): Promise<{ megabytes: number; milliseconds: number }> {
  const shape = [2 * candidates, DIMENSION];
  const { live } = gpu.pool.counters;
  const data = gpu.tensor(shape, "embeddings");
  const gradient = gpu.tensor(shape, "d_embeddings");
  const random = new Random(candidates, "candidates");
  gpu.recorder.upload(
    data,
    Float32Array.from({ length: shape[0] * DIMENSION }, () => random.float() - 0.5),
  );
  gpu.recorder.clear(gradient);
  await gpu.read(gpu.nothing);
  gpu.pool.resetPeak();
  const started = performance.now();
  const embeddings = new Tensor({
    allocation: data.allocation,
    shape,
    label: "embeddings",
    gradient,
  });
  const tape = new Tape(gpu, { recording: true });
  const columns = ["anchor", "positive"].map((name, i) => ({
    name,
    first: i * candidates,
    count: candidates,
  }));
  const loss = new MultipleNegativesRankingLoss();
  tape.backward(loss.forward(tape, { embeddings, columns, labels: null }));
  tape.end();
  await gpu.read(gpu.nothing);
  const milliseconds = performance.now() - started;
  const megabytes = (gpu.pool.counters.peak - live) / 1e6;
  gpu.release(data, gradient);
  gpu.pool.trim();
  return { megabytes, milliseconds };
}

/** Microseconds a token of embedding sequences of one length. */
async function timeByLength(length: number): Promise<number> {
  const model = await newSmallModel(gpu, { trainable: false, maxSequenceLength: 512 });
  const count = Math.max(1, Math.floor(4096 / length));
  const random = new Random(length, "lengths");
  const sequences = Array.from(
    { length: count },
    () => Uint32Array.from({ length }, () => 1000 + random.integer(20_000)),
  );
  const batch = collate([{ name: "text", sequences }]);
  const run = async () => {
    const tape = new Tape(gpu);
    model.embed(tape, batch);
    tape.end();
    await gpu.read(gpu.nothing);
  };
  await run();
  const times: number[] = [];
  for (let i = 0; i < 5; i++) {
    const started = performance.now();
    await run();
    times.push(performance.now() - started);
  }
  model.destroy();
  return 1000 * times.sort((a, b) => a - b)[2] / (count * length);
}

const points: Point[] = [];
const add = (curve: string, x: number, y: number) => {
  points.push({ curve, x, y });
  console.log(`${curve}: ${x} -> ${y.toPrecision(4)}`);
};
const folder = await Deno.makeTempDir();
try {
  for (const rows of ROWS) {
    const path = await pairsFile(folder, rows);
    add("rows", rows, await timePerToken(path, 64, new MultipleNegativesRankingLoss()));
  }
  const path = join(folder, `${1e5}.jsonl`);
  for (const batch of BATCHES) {
    const loss = batch <= MOST_AT_ONCE
      ? new MultipleNegativesRankingLoss()
      : new CachedMultipleNegativesRankingLoss({ mini_batch_size: MOST_AT_ONCE });
    add(
      batch <= MOST_AT_ONCE ? "batch" : "batch, in parts",
      batch,
      await timePerToken(path, batch, loss),
    );
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
for (const candidates of CANDIDATES) {
  const { megabytes, milliseconds } = await lossOver(candidates);
  add("loss, MB", candidates, megabytes);
  add("loss, us a candidate", candidates, 1000 * milliseconds / candidates);
}
for (const length of [8, 16, 32, 64, 128, 256, 512]) {
  add("length", length, await timeByLength(length));
}
const date = new Date().toISOString().slice(0, 10);
await Deno.writeTextFile(
  Deno.args[0] ?? "curves.json",
  `${JSON.stringify({ date, device: gpu.info.description, points }, null, 1)}\n`,
);
gpu.destroy();
