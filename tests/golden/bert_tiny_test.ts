import { assert, assertEquals } from "@std/assert";
import { collate, type PackedBatch } from "../../src/data/collator.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import type { Tensor } from "../../src/gpu/tensor.ts";
import { MultipleNegativesRankingLoss } from "../../src/losses/multiple_negatives_ranking_loss.ts";
import { SentenceTransformer } from "../../src/models/sentence_transformer.ts";
import { l2Normalize } from "../../src/ops/l2_normalize.ts";
import { Tape } from "../../src/ops/tape.ts";
import { GradientNorm } from "../../src/optim/clip_grad_norm.ts";
import { createOptimizer } from "../../src/optim/names.ts";
import { parameterGroups } from "../../src/optim/parameter_groups.ts";
import { StepControl } from "../../src/optim/step_control.ts";
import { computeLoss, type ComputedLoss } from "../../src/train/compute_loss.ts";
import { trainStep } from "../../src/train/train_step.ts";
import { assertClose, relativeError } from "../support/assert_close.ts";
import { testGpus } from "../support/gpu.ts";
import { TINY_BERT } from "../support/model_directory.ts";
import { readGolden } from "./golden.ts";

const LOSS = new MultipleNegativesRankingLoss({ scale: 20 });

/** Largest ‖a - b‖ / ‖b‖ of a tensor; PyTorch's own float32 comes within a fifth of it. */
const NEAR = 1e-5;

/** The gradient of a key's bias is zero but for rounding: softmax does not see a shift of a row. */
const ZERO_GRADIENT = /attention\.self\.key\.bias$/;

/** A millionth of the gradients of queries' biases. */
const ZERO = 1e-7;

function packed(sequences: readonly number[][]): PackedBatch {
  const ids = sequences.map((sequence) => Uint32Array.from(sequence));
  const middle = ids.length / 2;
  return collate([
    { name: "anchor", sequences: ids.slice(0, middle) },
    { name: "positive", sequences: ids.slice(middle) },
  ]);
}

/** Runs a test on both forms of large operands, each with a model of its own. */
async function onEveryForm(
  test: (gpu: Gpu, model: SentenceTransformer, batch: PackedBatch) => Promise<void>,
): Promise<void> {
  const { sequences } = await readGolden();
  const gpus = await testGpus();
  assertEquals(gpus.length, 2);
  for (const gpu of gpus) {
    const model = await SentenceTransformer.load(gpu, TINY_BERT, { trainable: true });
    try {
      await test(gpu, model, packed(sequences));
    } finally {
      model.destroy();
    }
  }
}

function assertNear(actual: Float32Array, expected: Float64Array, name: string): void {
  const error = relativeError(actual, expected);
  assert(error < NEAR, `${name} is off by ${error.toExponential(2)}, wanted less than ${NEAR}`);
}

Deno.test("the tiny BERT embeds a batch as PyTorch does", async () => {
  const { recording } = await readGolden();
  await onEveryForm(async (gpu, model, batch) => {
    const tape = new Tape(gpu);
    const pooled = model.embed(tape, batch);
    const embeddings = l2Normalize(tape, pooled);
    assertNear(await gpu.read(pooled), recording.get("pooled")!, "pooled");
    assertNear(await gpu.read(embeddings), recording.get("embeddings")!, "embeddings");
    tape.end();
  });
});

Deno.test("the tiny BERT has the loss and the gradients that PyTorch has", async () => {
  const { recording, weights } = await readGolden();
  await onEveryForm(async (gpu, model, batch) => {
    const tape = new Tape(gpu, { recording: true });
    const { value: loss } = computeLoss(tape, { model }, { batch, loss: LOSS });
    tape.backward(loss);
    assertNear(await gpu.read(loss), recording.get("loss")!, "loss");
    const gradients = await model.store.download((slab) => slab.gradients);
    tape.end();
    assertEquals([...gradients.keys()].sort(), [...weights.keys()].sort());
    let zeros = 0;
    for (const [name, { data }] of gradients) {
      const expected = recording.get(`grad.${name}`)!;
      if (ZERO_GRADIENT.test(name)) {
        assertClose(data, expected, { op: name, absolute: ZERO, relative: 0 });
        zeros++;
      } else {
        assertNear(data, expected, name);
      }
    }
    assertEquals([gradients.size, zeros], [37, 2]);
  });
});

Deno.test("ten steps of training the tiny BERT have the losses and norms that PyTorch has", async () => {
  const { recording } = await readGolden();
  await onEveryForm(async (gpu, model, batch) => {
    const groups = parameterGroups(model.store, { learningRate: 1e-3 });
    const optimizer = createOptimizer(gpu, groups, {
      name: "adamw_torch",
      optimArgs: null,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      weightDecay: 0.01,
    });
    const gradientNorm = new GradientNorm(gpu, model.store);
    const control = new StepControl(gpu, { groups: 1 });
    const history = gpu.tensor([2, 10], "losses and norms");
    for (let step = 0; step < 10; step++) {
      await trainStep({
        models: { model },
        optimizer,
        gradientNorm,
        control,
        maxGradNorm: 1,
        schedule: { first: step, rows: [[optimizer.scalars(step + 1, 1e-3)]] },
        tape: { seed: 1 },
        labelSmoothing: 0,
        firstBatch: step,
        batches: [{ batch, loss: LOSS }],
        report: (_, { value }: ComputedLoss, norm: Tensor | null) => {
          gpu.recorder.copyInto(value, history, step);
          gpu.recorder.copyInto(norm!, history, 10 + step);
        },
      });
    }
    const values = await gpu.read(history);
    const near = { absolute: 0, relative: 1e-4 };
    assertClose(values.slice(0, 10), recording.get("losses")!, { op: "losses", ...near });
    assertClose(values.slice(10), recording.get("norms")!, { op: "norms", ...near });
    gpu.release(history);
    for (const used of [gradientNorm, optimizer, control]) used.destroy();
  });
});
