import { assert, assertEquals } from "@std/assert";
import { collate, type PackedBatch } from "../../src/data/collator.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import type { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import { Tape, type TapeOptions } from "../../src/ops/tape.ts";
import { computeLoss } from "../../src/train/compute_loss.ts";
import { gradCache } from "../../src/train/grad_cache.ts";
import { relativeError } from "../support/assert_close.ts";
import { testGpus } from "../support/gpu.ts";
import { tinyModel } from "../support/tiny_training.ts";

const ROWS = 24;

/** Pairs of sequences of different lengths. */
function batchOf(): PackedBatch {
  const sequences = (salt: number) =>
    Array.from(
      { length: ROWS },
      (_, i) =>
        Uint32Array.from(
          { length: 3 + (i * 5 + salt) % 14 },
          (_, j) => 5 + (i * 7 + j + salt) % 90,
        ),
    );
  return collate([
    { name: "anchor", sequences: sequences(0) },
    { name: "positive", sequences: sequences(3) },
  ]);
}

interface Outcome {
  loss: number;
  gradients: Map<string, Float32Array>;
  bytes: number;
}

/** Loss, gradients and memory of one batch. */
async function measured(
  gpu: Gpu,
  model: SentenceTransformer,
  tapeOptions: TapeOptions,
  cache: { miniBatchSize: number; miniBatchTokens: number | null } | null,
): Promise<Outcome> {
  for (const { gradients } of model.store.slabs) gpu.recorder.clear(gradients);
  const loss = Object.assign(
    new MultipleNegativesRankingLoss(),
    cache === null ? {} : { wants: { cache } },
  );
  const part = { batch: batchOf(), loss };
  const models = { model };
  const kept = gpu.tensor([1], "kept");
  gpu.pool.resetPeak();
  const { live } = gpu.pool.counters;
  if (cache === null) {
    const tape = new Tape(gpu, { ...tapeOptions, recording: true });
    const { value } = computeLoss(tape, models, part);
    tape.backward(value);
    gpu.recorder.copy(value, kept);
    tape.end();
  } else {
    gradCache({
      models,
      part,
      tape: tapeOptions,
      scale: 1,
      labelSmoothing: 0,
      report: ({ value }) => gpu.recorder.copy(value, kept),
    });
  }
  const { peak } = gpu.pool.counters;
  const [value] = await gpu.read(kept);
  gpu.release(kept);
  assertEquals(gpu.pool.counters.live, live - kept.allocation.bytes);
  const gradients = await model.store.download((slab) => slab.gradients);
  return {
    loss: value,
    gradients: new Map([...gradients].map(([name, { data }]) => [name, data])),
    bytes: peak - live,
  };
}

Deno.test("gradCache equals the uncached loss and every gradient, with dropout and noise on", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    const model = await tinyModel(gpu, 0.2);
    const options = { seed: 7, step: 3, neftuneNoiseAlpha: 5 };
    const whole = await measured(gpu, model, options, null);
    for (const [miniBatchSize, miniBatchTokens] of [[5, null], [100, 40], [1, null]] as const) {
      const cached = await measured(gpu, model, options, { miniBatchSize, miniBatchTokens });
      assert(
        Math.abs(cached.loss - whole.loss) <= 1e-5 * whole.loss,
        `${cached.loss} ${whole.loss}`,
      );
      assertEquals(cached.gradients.size, 37);
      for (const [name, gradient] of whole.gradients) {
        // The gradient of a key's bias is zero but for rounding.
        if (/key\.bias$/.test(name)) continue;
        const error = relativeError(cached.gradients.get(name)!, Float64Array.from(gradient));
        assert(error < 1e-5, `${name} of parts of ${miniBatchSize} is off by ${error}`);
      }
      seen++;
    }
    model.destroy();
  }
  assertEquals(seen, 6);
});

Deno.test("gradCache takes the memory of one part, and gives the same bits twice", async () => {
  const [gpu] = await testGpus();
  const model = await tinyModel(gpu, 0.1);
  const whole = await measured(gpu, model, {}, null);
  const cache = { miniBatchSize: 4, miniBatchTokens: null };
  const first = await measured(gpu, model, {}, cache);
  const second = await measured(gpu, model, {}, cache);
  assertEquals(second, first);
  assert(first.bytes < whole.bytes / 4, `${first.bytes} of ${whole.bytes}`);
  model.destroy();
});
