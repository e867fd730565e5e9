import { assert, assertEquals } from "@std/assert";
import { type ParameterInit, ParameterStore } from "../../src/gpu/parameter_slab.ts";
import { normal } from "../../src/nn/initialize.ts";
import { LanguageHead } from "../../src/nn/language_head.ts";
import { Tape } from "../../src/ops/tape.ts";
import { classCrossEntropy, classCrossEntropyBackward } from "../reference/class_cross_entropy.ts";
import { gelu, geluBackward } from "../reference/gelu.ts";
import { layerNorm, layerNormBackward } from "../reference/layer_norm.ts";
import { linear, linearBackward } from "../reference/linear.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { givenParameters } from "../support/given_parameters.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

const [T, C, V] = [9, 12, 37];
const TARGETS = Float32Array.from({ length: T }, (_, i) => i * 11 % V);
const RUNS = [[undefined, true], [4 * V * 4 + 3, true], [1, true], [4 * V * 4, false]] as const;
const INIT = {
  prefix: "",
  width: C,
  words: V,
  epsilon: 1e-5,
  activation: "gelu",
  initialize: normal(1, 1),
} as const;

Deno.test("LanguageHead equals its reference, whole, in chunks with a rest, and token by token", async () => {
  const matrix = (shape: number[], seed: number) => ({
    shape,
    data: normalValues(shape.reduce((a, b) => a * b), seed, { deviation: 0.5 }),
    parameter: true,
  });
  const inputs = {
    x: { shape: [T, C], data: normalValues(T * C, 1) },
    table: matrix([V, C], 2),
    "transform.dense.weight": matrix([C, C], 3),
    "transform.dense.bias": matrix([C], 4),
    "transform.LayerNorm.weight": matrix([C], 5),
    "transform.LayerNorm.bias": matrix([C], 6),
    bias: matrix([V], 7),
  };
  const [x, table, weight, bias, gain, shift, tokenBias] = Object.values(inputs)
    .map(({ data }) => data);
  const dense = { x, weight, bias, T, K: C, N: C };
  const inner = linear(dense);
  const norm = { x: gelu(inner), gain, bias: shift, C, eps: INIT.epsilon };
  const out = { x: layerNorm(norm), weight: table, bias: tokenBias, T, K: C, N: V };
  const head = { logits: linear(out), labels: TARGETS, K: V };
  const terms = classCrossEntropy(head);
  const scale = 1.5;
  const dOut = linearBackward(out, classCrossEntropyBackward(head, terms.map(() => scale / T)));
  const dNorm = layerNormBackward(norm, dOut.dX);
  const dDense = linearBackward(dense, geluBackward(inner, dNorm.dX));
  const expected = [
    ...[dDense.dX, dOut.dWeight, dDense.dWeight, dDense.dBias],
    ...[dNorm.dGain, dNorm.dBias, dOut.dBias],
  ];
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const [chunkBytes, pads] of RUNS) {
      const declared: ParameterInit[] = [];
      const { y, gradients } = await runOp(gpu, {
        inputs,
        forward: (tape, tensors) => {
          declared.length = 0;
          const store = givenParameters(tensors, declared);
          const head = new LanguageHead(store, { ...INIT, chunkBytes, pads });
          return head.loss(tape, tensors.x, { table: tensors.table, targets: TARGETS });
        },
        dOutput: Float64Array.of(scale),
      });
      const relative = floatTolerance(C + V);
      const mean = terms.reduce((sum, term) => sum + term / T, 0);
      assertClose(y, [mean], { op: "LanguageHead", absolute: 0, relative });
      for (const [i, name] of (Object.keys(inputs) as (keyof typeof inputs)[]).entries()) {
        // Sums over T tokens and V words of products of numbers of a few units.
        const absolute = 4 * floatTolerance(C + V + T);
        assertClose(gradients[name], expected[i], { op: name, absolute, relative });
        seen++;
      }
      assertEquals(declared.map(({ decay }) => decay), [true, false, false, false, false]);
    }
  }
  assertEquals(seen, 2 * 4 * 7);
});

Deno.test("LanguageHead holds the logits of one chunk at a time", async () => {
  const gpu = await testGpu();
  const [rows, words, width] = [64, 4096, 4];
  const peak = async (chunkBytes: number) => {
    const store = new ParameterStore(gpu);
    const head = new LanguageHead(store, { ...INIT, width, words, chunkBytes });
    const shape = [words, width];
    const table = store.declare({
      parts: [{ name: "table", shape }],
      shape,
      decay: true,
      initialize: normal(1, 1),
    });
    store.allocate(() => null, true);
    let logits = 0;
    gpu.pool.onAcquire = ({ bytes }) => logits = Math.max(logits, bytes);
    const tape = new Tape(gpu, { recording: true });
    const x = tape.upload([rows, width], new Float32Array(rows * width).fill(1), "x");
    const loss = head.loss(tape, x, { table: table.value, targets: new Float32Array(rows) });
    tape.backward(loss);
    tape.end();
    gpu.pool.onAcquire = null;
    await gpu.read(gpu.constant(1));
    store.destroy();
    return logits;
  };
  const whole = await peak(2 ** 25);
  assert(whole >= 4 * rows * words, `${whole}`);
  assert(await peak(4 * 8 * words) <= whole / 8);
});
