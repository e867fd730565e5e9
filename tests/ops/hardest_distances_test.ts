import { assertEquals } from "@std/assert";
import { hardestDistances } from "../../src/ops/hardest_distances.ts";
import type { RowDistance } from "../../src/ops/row_distances.ts";
import {
  hardestDistances as reference,
  hardestDistancesBackward,
} from "../reference/hardest_distances.ts";
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
  lanes?: number;
  twice?: boolean;
}

const CASES: readonly Case[] = [
  { B: 1, C: 4, classes: 1, distance: "euclidean" },
  { B: 2, C: 8, classes: 9, distance: "euclidean" },
  { B: 33, C: 20, classes: 1, distance: "euclidean", lanes: 32 },
  { B: 65, C: 32, classes: 9, distance: "euclidean", blockRows: 16, lanes: 64, twice: true },
  { B: 64, C: 32, classes: 300, distance: "euclidean" },
  { B: 9, C: 8, classes: 3, distance: "cosine", lanes: 8 },
  { B: 70, C: 132, classes: 5, distance: "cosine", blockRows: 7, lanes: 1 },
];

Deno.test("hardestDistances equals its reference, forward and backward", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const test of CASES) {
      const { B, C, classes, distance, blockRows, lanes, twice = false } = test;
      const values = normalValues(B * C, 1);
      const x = distance === "cosine" ? l2Normalize(values, C).map(Math.fround) : values;
      const labels = integerValues(B, 2, classes);
      const dOutput = normalValues(2 * B, 3);
      const { y, gradients } = await runOp(gpu, {
        inputs: { x: { shape: [B, C], data: x } },
        forward: (tape, tensors) => {
          const known = tape.upload([B], Float32Array.from(labels), "labels");
          return hardestDistances(tape, { ...tensors, labels: known, distance, blockRows, lanes });
        },
        dOutput,
        twice,
      });
      const all = rowDistances(x, C, distance);
      const hardest = reference(all, labels);
      // The op's rows are in the order of the classes.
      const order = Array.from({ length: B }, (_, i) => i).sort((i, j) => labels[i] - labels[j]);
      const places = [...order, ...order.map((i) => B + i)];
      const dHardest = new Float64Array(2 * B);
      places.forEach((at, r) => dHardest[at] = dOutput[r] * (twice ? 2 : 1));
      const length = distance === "cosine" ? 1 : Math.sqrt(2 * C);
      const chosen = hardest.distances.filter((d) => d > 0);
      const least = chosen.reduce((a, b) => Math.min(a, b), length);
      const squares = 4 * length ** 2 * floatTolerance(C);
      const error = distance === "cosine" ? squares : squares / least;
      const name = { case: JSON.stringify(test) };
      assertClose(y, places.map((at) => hardest.distances[at]), {
        op: "hardestDistances",
        ...name,
        absolute: error,
        relative: floatTolerance(2),
      });
      const dAll = hardestDistancesBackward(hardest, dHardest);
      const relative = error / least + floatTolerance(B);
      assertClose(gradients.x, rowDistancesBackward(x, dAll, { C, distance }), {
        op: "hardestDistances backward",
        ...name,
        shape: [B, C],
        absolute: 4 * relative * (4 * length / least / Math.sqrt(C)) * Math.sqrt(2 * B) *
          (twice ? 2 : 1),
        relative,
      });
      seen++;
    }
  }
  assertEquals(seen, 14);
});

Deno.test("hardestDistances takes the first of equal distances, however many lanes share a row", async () => {
  const [B, C] = [70, 8];
  // Small whole numbers: distances are exact, and often equal.
  const x = normalValues(B * C, 1).map((value) => value > 1 ? 1 : 0);
  const labels = integerValues(B, 2, 2);
  for (const gpu of await testGpus()) {
    const results = [];
    for (const lanes of [1, 8, 64]) {
      const { y, gradients } = await runOp(gpu, {
        inputs: { x: { shape: [B, C], data: x } },
        forward: (tape, tensors) => {
          const known = tape.upload([B], Float32Array.from(labels), "labels");
          const distance = "euclidean" as const;
          return hardestDistances(tape, { ...tensors, labels: known, distance, lanes });
        },
        dOutput: normalValues(2 * B, 3),
      });
      results.push([...y, ...gradients.x]);
    }
    assertEquals(results[1], results[0]);
    assertEquals(results[2], results[0]);
  }
});

Deno.test("hardestDistances of a row that is not a number are not numbers", async () => {
  for (const gpu of await testGpus()) {
    for (const labels of [[0, 0, 1, 1], [0, 0, 0, 0], [0, 1, 2, 3]]) {
      const { y } = await runOp(gpu, {
        inputs: { x: { shape: [4, 4], data: normalValues(16, 1).fill(NaN, 5, 6) } },
        forward: (tape, { x }) => {
          const known = tape.upload([4], Float32Array.from(labels), "labels");
          return hardestDistances(tape, { x, labels: known, distance: "euclidean" });
        },
        dOutput: new Float64Array(8).fill(1),
      });
      assertEquals([y[1], y[5]], [NaN, NaN]);
    }
  }
});

Deno.test("hardestDistances never holds the matrix of all distances", async () => {
  const gpu = await testGpu();
  const [B, C] = [4096, 4];
  gpu.pool.counters.peak = 0;
  await runOp(gpu, {
    inputs: { x: { shape: [B, C], data: normalValues(B * C, 1) } },
    forward: (tape, { x }) => {
      const labels = tape.upload([B], Float32Array.from(integerValues(B, 2, 100)), "labels");
      return hardestDistances(tape, { x, labels, distance: "euclidean" });
    },
    dOutput: new Float64Array(2 * B).fill(1),
  });
  // All distances would take 64 MiB; a block and its weights take 16.
  assertEquals(gpu.pool.counters.peak < 20 * 2 ** 20, true);
});
