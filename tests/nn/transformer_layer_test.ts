import { assertEquals } from "@std/assert";
import { collate } from "../../src/data/collator.ts";
import type { Gpu } from "../../src/gpu/device.ts";
import { normal } from "../../src/nn/initialize.ts";
import { uploadPackedInput } from "../../src/nn/packed_input.ts";
import { TransformerLayer, type TransformerLayerNames } from "../../src/nn/transformer_layer.ts";
import { bert } from "../reference/bert.ts";
import { layerNorm, layerNormBackward } from "../reference/layer_norm.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance, relativeError } from "../support/assert_close.ts";
import { givenParameters } from "../support/given_parameters.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { type OpInput, runOp } from "../support/run_op.ts";

const NAMES: TransformerLayerNames = {
  projections: ["attention.self.query", "attention.self.key", "attention.self.value"],
  attentionOutput: "attention.output.dense",
  attentionNorm: "attention.output.LayerNorm",
  intermediate: "intermediate.dense",
  output: "output.dense",
  outputNorm: "output.LayerNorm",
};
const [C, H, F] = [24, 3, 40];
const CONFIG = {
  width: C,
  heads: H,
  intermediateWidth: F,
  epsilon: 1e-12,
  hiddenDropout: 0,
  attentionDropout: 0,
};
const PREFIX = "encoder.layer.0.";
const LENGTHS = [5, 1, 9, 2];
const T = 17;

/** Every token is a word of its own, so that the table of words is the layer's input. */
function sequences(): number[][] {
  let next = 0;
  return LENGTHS.map((length) => Array.from({ length }, () => next++));
}

/** Rows that a layer norm leaves as they are. */
function normalisedRows(): Float64Array {
  const [gain, bias] = [new Float64Array(C).fill(1), new Float64Array(C)];
  return layerNorm({ x: normalValues(T * C, 1), gain, bias, C, eps: 0 }).map(Math.fround);
}

function matrix(rows: number, columns: number, seed: number) {
  const data = normalValues(rows * columns, seed, { deviation: 0.3 });
  return { shape: columns === 1 ? [rows] : [rows, columns], data, parameter: true };
}

const PARAMETERS = {
  "attention.self.query.weight": matrix(3 * C, C, 2),
  "attention.self.query.bias": matrix(3 * C, 1, 3),
  "attention.output.dense.weight": matrix(C, C, 4),
  "attention.output.dense.bias": matrix(C, 1, 5),
  "attention.output.LayerNorm.weight": matrix(C, 1, 6),
  "attention.output.LayerNorm.bias": matrix(C, 1, 7),
  "intermediate.dense.weight": matrix(F, C, 8),
  "intermediate.dense.bias": matrix(F, 1, 9),
  "output.dense.weight": matrix(C, F, 10),
  "output.dense.bias": matrix(C, 1, 11),
  "output.LayerNorm.weight": matrix(C, 1, 12),
  "output.LayerNorm.bias": matrix(C, 1, 13),
};

/** The weights as the reference wants them: no fused projection, and embeddings that give `x`. */
function referenceWeights(x: Float64Array): Map<string, Float64Array> {
  const weights = new Map<string, Float64Array>([
    ["embeddings.word_embeddings.weight", x],
    ["embeddings.position_embeddings.weight", new Float64Array(Math.max(...LENGTHS) * C)],
    ["embeddings.token_type_embeddings.weight", new Float64Array(C)],
    ["embeddings.LayerNorm.weight", new Float64Array(C).fill(1)],
    ["embeddings.LayerNorm.bias", new Float64Array(C)],
  ]);
  for (const [name, { data }] of Object.entries(PARAMETERS)) {
    if (!name.includes("query")) weights.set(PREFIX + name, data);
    else {
      NAMES.projections.forEach((projection, i) => {
        const part = data.slice(i * data.length / 3, (i + 1) * data.length / 3);
        weights.set(PREFIX + projection + name.slice(name.lastIndexOf(".")), part);
      });
    }
  }
  return weights;
}

function runLayer(
  gpu: Gpu,
  x: Float64Array,
  dOutput: Float64Array,
) {
  const batch = collate([
    { name: "text", sequences: sequences().map((ids) => Uint32Array.from(ids)) },
  ]);
  const inputs: Record<string, OpInput> = { x: { shape: [T, C], data: x } };
  for (const [name, input] of Object.entries(PARAMETERS)) inputs[PREFIX + name] = input;
  return runOp(gpu, {
    inputs,
    forward: (tape, tensors) => {
      const store = givenParameters(tensors);
      const layer = new TransformerLayer(store, PREFIX, NAMES, CONFIG, normal(1, 1));
      return layer.forward(tape, tensors.x, uploadPackedInput(tape, batch));
    },
    dOutput,
  });
}

Deno.test("TransformerLayer equals its reference, forward and backward", async () => {
  const x = normalisedRows();
  const dOutput = normalValues(T * C, 14);
  const reference = bert({
    weights: referenceWeights(x),
    layers: 1,
    C,
    H,
    eps: 1e-12,
    sequences: sequences(),
  });
  const expected = reference.backward(dOutput);
  let compared = 0;
  for (const gpu of await testGpus()) {
    const { y, gradients } = await runLayer(gpu, x, dOutput);
    const relative = floatTolerance(F);
    assertClose(y, reference.hidden, {
      op: "TransformerLayer",
      shape: [T, C],
      absolute: 16 * relative,
      relative,
    });
    const near = (name: string, actual: ArrayLike<number>, wanted: Float64Array) => {
      assertEquals(relativeError(actual, wanted) < 1e-5, true, name);
      compared++;
    };
    for (const name of Object.keys(PARAMETERS)) {
      if (name.includes("query")) continue;
      near(name, gradients[PREFIX + name], expected.get(PREFIX + name)!);
    }
    const fused = gradients[`${PREFIX}attention.self.query.weight`];
    NAMES.projections.forEach((projection, i) => {
      const wanted = expected.get(`${PREFIX}${projection}.weight`)!;
      near(projection, fused.subarray(i * C * C, (i + 1) * C * C), wanted);
    });
    // The reference has the gradient of the input behind the layer norm of its embeddings.
    const norm = { x, gain: new Float64Array(C).fill(1), bias: new Float64Array(C), C, eps: 1e-12 };
    const { dX, dGain, dBias } = layerNormBackward(norm, Float64Array.from(gradients.x));
    near("words", dX, expected.get("embeddings.word_embeddings.weight")!);
    near("gain", dGain, expected.get("embeddings.LayerNorm.weight")!);
    near("bias", dBias, expected.get("embeddings.LayerNorm.bias")!);
  }
  assertEquals(compared, 2 * (10 + 3 + 3));
});

Deno.test("TransformerLayer keeps sequences apart", async () => {
  const gpu = await testGpu();
  const x = normalisedRows();
  const dOutput = new Float64Array(T * C);
  const before = await runLayer(gpu, x, dOutput);
  const changed = x.slice();
  changed.fill(0.5, 6 * C, 7 * C); // the first token of the third sequence
  const after = await runLayer(gpu, changed, dOutput);
  const rows = Array.from({ length: T }, (_, row) => row).filter((row) =>
    before.y.subarray(row * C, (row + 1) * C).some((value, i) => value !== after.y[row * C + i])
  );
  assertEquals(rows, [6, 7, 8, 9, 10, 11, 12, 13, 14]);
});
