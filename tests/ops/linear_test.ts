import { assertEquals, assertRejects } from "@std/assert";
import type { Gpu } from "../../src/gpu/device.ts";
import { Tensor } from "../../src/gpu/tensor.ts";
import { linear } from "../../src/ops/linear.ts";
import { type Precision, Tape } from "../../src/ops/tape.ts";
import { linear as reference, linearBackward } from "../reference/linear.ts";
import { normalValues } from "../reference/random_values.ts";
import { roundToHalf } from "../reference/round_to_half.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

/** T, K, N. */
const SHAPES: readonly (readonly [number, number, number])[] = [
  [1, 1, 4],
  [31, 12, 8],
  [32, 32, 32],
  [33, 36, 40],
  [65, 130, 68],
  [700, 20, 132],
];

/** What factors are rounded to. */
function rounded(values: Float64Array, precision: Precision): Float64Array {
  return precision === "f32" ? values : values.map((value) => roundToHalf(value, precision));
}

async function check(gpu: Gpu, [T, K, N]: typeof SHAPES[0], precision: Precision): Promise<void> {
  const [x, weight, bias] = [T * K, N * K, N].map((size, i) => normalValues(size, i + 1));
  const dOutput = normalValues(T * N, 9);
  const twice = T === 33;
  const { y, gradients } = await runOp(gpu, {
    inputs: {
      x: { shape: [T, K], data: x },
      weight: { shape: [N, K], data: weight, parameter: true },
      bias: { shape: [N], data: bias, parameter: true },
    },
    forward: (tape, inputs) => linear(Object.assign(tape, { precision }), inputs),
    dOutput,
    twice,
  });
  const input = { x: rounded(x, precision), weight: rounded(weight, precision), bias, T, K, N };
  const { dX, dWeight } = linearBackward(input, rounded(dOutput, precision));
  const { dBias } = linearBackward(input, dOutput);
  const times = twice ? 2 : 1;
  const compare = (name: string, actual: Float32Array, expected: Float64Array, terms: number) => {
    // Terms are products of two normal values: partial sums reach a few sqrt(terms).
    const relative = floatTolerance(terms + 2);
    assertClose(actual, expected, {
      op: `linear ${name}`,
      case: `${gpu.kind} ${precision} ${T} x ${K} x ${N}`,
      absolute: relative * 4 * Math.sqrt(terms),
      relative,
    });
  };
  compare("y", y, reference(input), K);
  compare("dX", gradients.x, dX.map((v) => v * times), times * N);
  compare("dWeight", gradients.weight, dWeight.map((v) => v * times), times * T);
  compare("dBias", gradients.bias, dBias.map((v) => v * times), times * T);
}

Deno.test("linear equals its reference, forward and backward", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const shape of SHAPES) {
      await check(gpu, shape, "f32");
      seen++;
    }
  }
  assertEquals(seen, 12);
});

Deno.test("linear in f16 and bf16 rounds its factors, and neither bias nor results", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const precision of ["f16", "bf16"] as const) {
      for (const shape of SHAPES) {
        await check(gpu, shape, precision);
        seen++;
      }
    }
  }
  assertEquals(seen, 24);
});

Deno.test("linear in f16 hands on that a gradient is too large for it", async () => {
  const [gpu] = await testGpus();
  const data = new Float64Array(16).fill(1);
  const { gradients } = await runOp(gpu, {
    inputs: {
      x: { shape: [4, 4], data },
      weight: { shape: [4, 4], data, parameter: true },
      bias: { shape: [4], data: data.subarray(0, 4), parameter: true },
    },
    forward: (tape, inputs) => linear(Object.assign(tape, { precision: "f16" as const }), inputs),
    dOutput: data.map((_, i) => i === 5 ? 65520 : 0),
  });
  assertEquals([...gradients.x.subarray(4, 8)], Array(4).fill(Infinity));
  assertEquals([...gradients.weight.subarray(4, 8)], Array(4).fill(Infinity));
  assertEquals([...gradients.bias], [0, 65520, 0, 0]);
});

Deno.test("linear keeps what backward reads, in halves too, and no copies where none follows", async () => {
  const gpu = await testGpu();
  const [T, K, N] = [64, 32, 16];
  const [x, values, gradient] = [[T, K], [N, K], [N, K]].map((shape) =>
    gpu.upload(shape, new Float32Array(shape[0] * shape[1]), "operand")
  );
  const parameter = new Tensor({ ...values, label: "parameter", gradient });
  const tracked = new Tensor({ ...x, label: "tracked", gradient: x });
  const taken = (recording: boolean, precision: Precision, weight = parameter, input = x) => {
    const before = gpu.pool.counters.live;
    const tape = new Tape(gpu, { recording, precision });
    linear(tape, { x: input, weight });
    const { live } = gpu.pool.counters;
    tape.end();
    assertEquals(gpu.pool.counters.live, before);
    return live - before;
  };
  const y = 4 * T * N;
  assertEquals([taken(false, "f32"), taken(false, "f16"), taken(true, "f32")], [y, y, y]);
  assertEquals(taken(true, "bf16", parameter, tracked), y + 2 * (T * K + N * K));
  assertEquals(taken(true, "bf16"), y + 2 * T * K, "the weight gives no gradient to x");
  assertEquals(taken(true, "bf16", values, tracked), y + 2 * N * K, "a frozen weight needs no x");
  assertEquals(taken(true, "f16", values), y);
  gpu.release(x, values, gradient);
});

Deno.test("linear refuses a weight of another width", async () => {
  const gpu = await testGpu();
  const data = new Float64Array(8);
  await assertRejects(
    () =>
      runOp(gpu, {
        inputs: { x: { shape: [2, 4], data }, weight: { shape: [4, 2], data } },
        forward: linear,
        dOutput: data,
      }),
    TypeError,
    'argument "weight" ("weight"): found shape [4,2], wanted [4,4]',
  );
});
