import { assertEquals, assertThrows } from "@std/assert";
import type { Gpu } from "../../src/gpu/device.ts";
import { Tensor } from "../../src/gpu/tensor.ts";
import { type RowDistance, RowDistances } from "../../src/ops/row_distances.ts";
import { Tape } from "../../src/ops/tape.ts";
import { l2Normalize } from "../reference/l2_normalize.ts";
import { integerValues, normalValues } from "../reference/random_values.ts";
import { rowDistances, rowDistancesBackward } from "../reference/row_distances.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

interface Case {
  B: number;
  C: number;
  classes: number;
  distance: RowDistance;
  blockRows?: number;
  twice?: boolean;
}

const CASES: readonly Case[] = [
  { B: 1, C: 4, classes: 1, distance: "euclidean" },
  { B: 8, C: 8, classes: 3, distance: "euclidean" },
  { B: 33, C: 20, classes: 4, distance: "euclidean", twice: true },
  { B: 65, C: 32, classes: 70, distance: "euclidean", blockRows: 16 },
  { B: 9, C: 8, classes: 3, distance: "cosine" },
  { B: 65, C: 132, classes: 5, distance: "cosine", blockRows: 7, twice: true },
];

/** All distances, in the order of the classes, as an op. */
function allDistances(
  tape: Tape,
  { x, labels, distance, blockRows }: Pick<Case, "distance" | "blockRows"> & {
    x: Tensor;
    labels: ArrayLike<number>;
  },
): Tensor {
  const classes = tape.upload([x.rows], Float32Array.from(labels), "labels");
  const all = new RowDistances(tape, { x, labels: classes, distance, blockRows });
  const { recorder } = tape.gpu;
  const { rows } = all;
  const y = tape.empty([rows, rows], "all distances");
  all.eachBlock(({ row, blockRows: count, distances: { allocation } }) =>
    recorder.copyInto(
      new Tensor({ allocation, shape: [count, rows], label: "block" }),
      y,
      row * rows,
    )
  );
  tape.record(y, [x], all.saved, (dY) =>
    all.addGradient(({ row, blockRows: count }, weights) => {
      const from = dY.byteOffset + row * rows * 4;
      recorder.copyBytes(dY.allocation.buffer, from, weights, count * rows * 4);
    }));
  return y;
}

async function run(gpu: Gpu, test: Case, x: Float64Array, labels: ArrayLike<number>) {
  const { B, C, distance, blockRows, twice } = test;
  // Weights in the order of the classes; the diagonal has none.
  const dOutput = normalValues(B * B, 3).map((value, at) => at % (B + 1) === 0 ? 0 : value);
  const { y, gradients } = await runOp(gpu, {
    inputs: { x: { shape: [B, C], data: x } },
    forward: (tape, tensors) => allDistances(tape, { ...tensors, labels, distance, blockRows }),
    dOutput,
    twice,
  });
  const order = Array.from({ length: B }, (_, i) => i).sort((i, j) => labels[i] - labels[j]);
  const sorted = Float64Array.from(order.flatMap((i) => [...x.subarray(i * C, (i + 1) * C)]));
  const dSorted = rowDistancesBackward(sorted, dOutput, { C, distance });
  const gradient = new Float64Array(B * C);
  order.forEach((i, r) => gradient.set(dSorted.subarray(r * C, (r + 1) * C), i * C));
  const distances = rowDistances(sorted, C, distance);
  return { y, dX: gradients.x, distances, gradient: gradient.map((v) => v * (twice ? 2 : 1)) };
}

Deno.test("RowDistances equals its reference, in one block or many, forward and backward", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const test of CASES) {
      const { B, C, classes, distance, twice = false } = test;
      const values = normalValues(B * C, 1);
      const x = distance === "cosine" ? l2Normalize(values, C).map(Math.fround) : values;
      const labels = integerValues(B, 2, classes);
      const { y, dX, distances, gradient } = await run(gpu, test, x, labels);
      // |x|^2 is about C, at most twice that; a square of a distance is off by some roundings of it.
      const length = distance === "cosine" ? 1 : Math.sqrt(2 * C);
      const least = distances.filter((d) => d > 0).reduce((a, b) => Math.min(a, b), length);
      const squares = 4 * length ** 2 * floatTolerance(C);
      const error = distance === "cosine" ? squares : squares / least;
      const name = { case: JSON.stringify(test) };
      assertClose(y, distances, {
        op: "RowDistances",
        ...name,
        shape: [B, B],
        absolute: error,
        relative: floatTolerance(2),
      });
      // Products of B weights, of size 1 over a distance, with rows, from both sides.
      const relative = error / least + floatTolerance(B);
      assertClose(dX, gradient, {
        op: "RowDistances backward",
        ...name,
        shape: [B, C],
        absolute: 4 * relative * (4 * length / least / Math.sqrt(C)) * Math.sqrt(2 * B) *
          (twice ? 2 : 1),
        relative,
      });
      seen++;
    }
  }
  assertEquals(seen, 12);
});

Deno.test("RowDistances of equal rows are 0 without a gradient, whatever their length", async () => {
  const [B, C] = [12, 64];
  const row = normalValues(C, 1, { deviation: 30 });
  const x = Float64Array.from({ length: B * C }, (_, i) => row[i % C]);
  const test = { B, C, classes: 2, distance: "euclidean" } as const;
  for (const gpu of await testGpus()) {
    const { y, dX } = await run(gpu, test, x, integerValues(B, 2, 2));
    assertEquals(y.every((value) => value === 0), true);
    assertEquals(dX.every((value) => value === 0), true);
  }
});

Deno.test("RowDistances shows a row that is not a number on its diagonal", async () => {
  const [B, C] = [5, 8];
  const x = normalValues(B * C, 1).fill(NaN, 17, 18);
  for (const distance of ["euclidean", "cosine"] as const) {
    for (const gpu of await testGpus()) {
      const { y } = await run(gpu, { B, C, classes: 1, distance }, x, [1, 1, 1, 1, 1]);
      assertEquals(Array.from({ length: B }, (_, i) => y[i * (B + 1)]), [0, 0, NaN, 0, 0]);
    }
  }
});

Deno.test("RowDistances gives the columns of every class", async () => {
  const gpu = await testGpu();
  const tape = new Tape(gpu);
  const labels = tape.upload([5], Float32Array.of(7, -1, 7, 3, -1), "labels");
  const all = new RowDistances(tape, {
    x: tape.empty([5, 4], "x"),
    labels,
    distance: "euclidean",
  });
  const spans = new Uint32Array((await gpu.read(all.spans)).buffer, 0, 10);
  assertEquals([...spans], [0, 2, 0, 2, 2, 3, 3, 5, 3, 5]);
  assertThrows(
    () => new RowDistances(tape, { x: tape.empty([4, 4], "x"), labels, distance: "cosine" }),
    TypeError,
    "found shape [5], wanted [4]",
  );
  tape.end();
});
