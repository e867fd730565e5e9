import { assertEquals } from "@std/assert";
import type { Gpu } from "../../src/gpu/device.ts";
import type { RowDistance } from "../../src/ops/row_distances.ts";
import { type TripletChoice, tripletSums } from "../../src/ops/triplet_sums.ts";
import { l2Normalize } from "../reference/l2_normalize.ts";
import { integerValues, normalValues } from "../reference/random_values.ts";
import { rowDistances, rowDistancesBackward } from "../reference/row_distances.ts";
import { tripletSums as reference, tripletSumsBackward } from "../reference/triplet_sums.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

interface Case {
  B: number;
  C: number;
  classes: number;
  distance: RowDistance;
  margin: number;
  blockRows?: number;
  twice?: boolean;
}

const CASES: readonly Case[] = [
  { B: 1, C: 4, classes: 1, distance: "euclidean", margin: 5 },
  { B: 8, C: 8, classes: 100, distance: "euclidean", margin: 5 },
  { B: 12, C: 8, classes: 1, distance: "euclidean", margin: 0.5 },
  { B: 33, C: 20, classes: 4, distance: "euclidean", margin: 5, twice: true },
  { B: 65, C: 32, classes: 9, distance: "euclidean", margin: 0, blockRows: 16 },
  { B: 150, C: 8, classes: 2, distance: "euclidean", margin: 0.5 },
  { B: 40, C: 132, classes: 5, distance: "cosine", margin: 0.1, blockRows: 7 },
];

async function run(
  gpu: Gpu,
  { x, labels, triplets, ...test }: Case & {
    x: Float64Array;
    labels: ArrayLike<number>;
    triplets: TripletChoice;
  },
) {
  const { B, C, distance, margin, blockRows, twice } = test;
  const { y, gradients } = await runOp(gpu, {
    inputs: { x: { shape: [B, C], data: x } },
    forward: (tape, tensors) => {
      const known = tape.upload([B], Float32Array.from(labels), "labels");
      const given = { ...tensors, labels: known, distance, margin, triplets, blockRows };
      return tripletSums(tape, given);
    },
    dOutput: Float64Array.of(0.5),
    twice,
  });
  return { loss: y[0], gradient: gradients.x };
}

for (const triplets of ["all", "semi_hard"] as const) {
  Deno.test(`tripletSums over ${triplets} equals its reference, forward and backward`, async () => {
    let seen = 0;
    for (const gpu of await testGpus()) {
      for (const test of CASES) {
        const { B, C, classes, distance, margin, twice = false } = test;
        const values = normalValues(B * C, 1);
        const x = distance === "cosine" ? l2Normalize(values, C).map(Math.fround) : values;
        const labels = integerValues(B, 2, classes);
        const { loss, gradient } = await run(gpu, { ...test, x, labels, triplets });
        const all = rowDistances(x, C, distance);
        const input = { all, labels, triplets, margin };
        const length = distance === "cosine" ? 1 : Math.sqrt(2 * C);
        const least = all.filter((d) => d > 0).reduce((a, b) => Math.min(a, b), length);
        const squares = 4 * length ** 2 * floatTolerance(C);
        const error = distance === "cosine" ? squares : squares / least;
        const name = { case: JSON.stringify(test) };
        // A mean of differences of two distances; rows add up to B^2 / 4 terms in 64 threads.
        assertClose([loss], [reference(input)], {
          op: "tripletSums",
          ...name,
          absolute: 2 * error,
          relative: floatTolerance(B * B),
        });
        const dAll = tripletSumsBackward(input, twice ? 1 : 0.5);
        const relative = error / least + floatTolerance(B);
        // Every distance weighs at most what the largest does.
        const weight = dAll.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        assertClose(gradient, rowDistancesBackward(x, dAll, { C, distance }), {
          op: "tripletSums backward",
          ...name,
          shape: [B, C],
          absolute: weight * relative * (4 * length / least / Math.sqrt(C)) * Math.sqrt(2 * B),
          relative,
        });
        seen++;
      }
    }
    assertEquals(seen, 14);
  });
}

Deno.test("tripletSums over semi-hard triplets wants negatives that are farther, not as far", async () => {
  const [B, C, margin] = [40, 8, 2];
  // Small whole numbers: distances are exact, and often equal.
  const x = normalValues(B * C, 1).map((value) => value > 1 ? 1 : 0);
  const labels = integerValues(B, 2, 3);
  const all = rowDistances(x, C, "euclidean");
  const expected = reference({ all, labels, triplets: "semi_hard", margin });
  for (const gpu of await testGpus()) {
    const test = { B, C, classes: 3, distance: "euclidean", margin } as const;
    const { loss } = await run(gpu, { ...test, x, labels, triplets: "semi_hard" });
    // Roots are off by half an ulp of at most 4, and add up in 64 threads.
    const relative = floatTolerance(B * B);
    assertClose([loss], [expected], { op: "tripletSums", absolute: 2 ** -21, relative });
  }
});

Deno.test("tripletSums of a row that is not a number is not a number, whatever the classes", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const triplets of ["all", "semi_hard"] as const) {
      for (const labels of [[0, 0, 1, 1], [0, 0, 0, 0], [0, 1, 2, 3]]) {
        for (const distance of ["euclidean", "cosine"] as const) {
          const x = normalValues(16, 1).fill(NaN, 5, 6);
          const test = { B: 4, C: 4, classes: 2, distance, margin: 5 };
          const { loss } = await run(gpu, { ...test, x, labels, triplets });
          assertEquals(loss, NaN);
          seen++;
        }
      }
    }
  }
  assertEquals(seen, 24);
});
