import { assert, assertEquals } from "@std/assert";
import { ParameterStore } from "../../src/gpu/parameter_slab.ts";
import { Linear } from "../../src/nn/linear.ts";
import { Lora } from "../../src/nn/lora.ts";
import { normal } from "../../src/nn/initialize.ts";
import { Tape } from "../../src/ops/tape.ts";
import { type LoraInput, loraLinear, loraLinearBackward } from "../reference/lora.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { givenParameters } from "../support/given_parameters.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

const NAMES = ["query", "key", "value"];

/** Sizes, with ranks that are no multiple of 4 too, and which of the fused layers are updated. */
const CASES = [
  { T: 1, K: 4, N: 4, r: 1, targets: ["query"] },
  { T: 7, K: 12, N: 8, r: 3, targets: ["query", "value"] },
  { T: 33, K: 32, N: 32, r: 8, targets: NAMES },
];

Deno.test("Linear with Lora equals its reference, forward and backward", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const { T, K, N, r, targets } of CASES) {
      const total = NAMES.length * N;
      const scale = 0.75;
      const input: LoraInput = {
        x: normalValues(T * K, 1),
        weight: normalValues(total * K, 2),
        bias: normalValues(total, 3),
        updates: targets.map((name, i) => ({
          first: NAMES.indexOf(name) * N,
          a: normalValues(r * K, 4 + 2 * i),
          b: normalValues(N * r, 5 + 2 * i),
        })),
        ...{ scale, T, K, N, r, total },
      };
      const parameter = (shape: number[], data: Float64Array) => ({ shape, data, parameter: true });
      const updates = targets.flatMap((name, i) => [
        [`${name}.lora_A.weight`, parameter([r, K], input.updates[i].a)] as const,
        [`${name}.lora_B.weight`, parameter([N, r], input.updates[i].b)] as const,
      ]);
      const dOutput = normalValues(T * total, 20);
      const { y, gradients } = await runOp(gpu, {
        inputs: {
          x: { shape: [T, K], data: input.x },
          "query.weight": parameter([total, K], input.weight),
          "query.bias": parameter([total], input.bias),
          ...Object.fromEntries(updates),
        },
        forward: (tape, tensors) => {
          const store = givenParameters(tensors);
          const init = { names: NAMES, width: K, columns: N, initialize: normal(1, 5) };
          const layer = new Linear(store, init);
          assertEquals(Linear.of(store), [layer]);
          layer.adapt(store, new Set(targets), { rank: r, scale, dropout: 0, seed: 1 });
          return layer.forward(tape, tensors.x);
        },
        dOutput,
      });
      const close = (op: string, actual: Float32Array, wanted: Float64Array, terms: number) => {
        const relative = floatTolerance(terms);
        const size = Math.max(...wanted.map(Math.abs));
        assertClose(actual, wanted, { op, absolute: relative * (16 + size), relative });
      };
      // Errors of the inner product go through the outer one: their terms multiply.
      close("Linear", y, loraLinear(input), K * r + K + 1);
      const { dX, dA, dB } = loraLinearBackward(input, dOutput);
      close("Linear dX", gradients.x, dX, N * r + total);
      targets.forEach((name, i) => {
        const of = gradients as Record<string, Float32Array>;
        close(`${name} dA`, of[`${name}.lora_A.weight`], dA[i], T * N);
        close(`${name} dB`, of[`${name}.lora_B.weight`], dB[i], T * K);
        seen++;
      });
    }
  }
  assertEquals(seen, 2 * 6);
});

Deno.test("Lora begins uniform and with nothing to add, by seed and name", async () => {
  const gpu = await testGpu();
  const valuesOf = async (seed: number) => {
    const store = new ParameterStore(gpu);
    const options = { rank: 8, scale: 1, dropout: 0, seed };
    new Lora(store, { name: "q", width: 64, columns: 32 }, options);
    store.allocate(() => null, false);
    const values = await store.download();
    store.destroy();
    return values;
  };
  const values = await valuesOf(1);
  assertEquals([...values].map(([name, { shape }]) => [name, shape]), [
    ["q.lora_A.weight", [8, 64]],
    ["q.lora_B.weight", [32, 8]],
  ]);
  const a = values.get("q.lora_A.weight")!.data;
  assert(a.every((value) => Math.abs(value) <= 1 / 8));
  // A uniform variable within b has the deviation b / sqrt(3); of 512 it is known to 1 / sqrt(512).
  const deviation = Math.sqrt(a.reduce((sum, value) => sum + value ** 2, 0) / a.length);
  assert(Math.abs(deviation * 8 * Math.sqrt(3) - 1) < 3 / Math.sqrt(512), `${deviation}`);
  assertEquals(values.get("q.lora_B.weight")!.data, new Float32Array(32 * 8));
  assertEquals((await valuesOf(1)).get("q.lora_A.weight")!.data, a);
  assert((await valuesOf(2)).get("q.lora_A.weight")!.data.some((value, i) => value !== a[i]));
});

Deno.test("Lora drops what it reads in training alone", async () => {
  const gpu = await testGpu();
  const store = new ParameterStore(gpu);
  const layer = { name: "q", width: 8, columns: 4 };
  const lora = new Lora(store, layer, { rank: 4, scale: 1, dropout: 0.5, seed: 1 });
  store.allocate(({ shape: [rows, columns] }) => {
    // Every output is the sum of the row.
    return new Float32Array(rows * columns).fill(rows === 4 && columns === 8 ? 1 : 0.25);
  }, true);
  const x = gpu.upload([64, 8], new Float32Array(512).fill(1), "x");
  const run = async (training: boolean) => {
    const tape = new Tape(gpu, { recording: true, training, seed: 3 });
    const y = await gpu.read(lora.forward(tape, x));
    tape.end();
    return y.filter((_, i) => i % 4 === 0);
  };
  assertEquals([...await run(false)], Array(64).fill(8));
  const dropped = await run(true);
  assert(dropped.every((sum) => sum % 2 === 0), "kept elements count twice");
  assert(new Set(dropped).size > 2);
  gpu.release(x);
  store.destroy();
});
