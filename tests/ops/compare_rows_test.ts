import { assertEquals, assertThrows } from "@std/assert";
import { compareRows, type RowMeasure } from "../../src/ops/compare_rows.ts";
import { Tape } from "../../src/ops/tape.ts";
import { compareRows as reference, compareRowsBackward } from "../reference/compare_rows.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

const MEASURES: readonly RowMeasure[] = ["cosine", "dot", "angle", "euclidean", "manhattan"];

interface Case {
  /** Rows of a. */
  A: number;
  /** Rows of b for each of them. */
  N: number;
  C: number;
  lanes?: number;
  epsilon?: number;
  factor?: number;
  shift?: number;
  twice?: boolean;
}

const CASES: readonly Case[] = [
  { A: 1, N: 1, C: 8, lanes: 1 },
  { A: 1, N: 1, C: 8, lanes: 64, factor: -1, shift: 1 },
  // About the length of a row: half of them are shorter.
  { A: 63, N: 1, C: 24, lanes: 1, epsilon: 5 },
  { A: 65, N: 1, C: 136, lanes: 32, twice: true },
  { A: 7, N: 3, C: 264, lanes: 8, factor: -2, shift: 0.5 },
];

Deno.test("compareRows equals its reference for every measure, forward and backward", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const measure of MEASURES) {
      for (const test of CASES) {
        const { A, N, C, lanes, factor = 1, shift = 0, twice = false } = test;
        const products = ["cosine", "dot", "angle"].includes(measure);
        const epsilon = test.epsilon ?? (products ? 1e-12 : 0);
        const [a, b] = [normalValues(A * C, 1), normalValues(N * A * C, 2)];
        const dOutput = normalValues(N * A, 3);
        const { y, gradients } = await runOp(gpu, {
          inputs: { a: { shape: [A, C], data: a }, b: { shape: [N * A, C], data: b } },
          forward: (tape, tensors) =>
            compareRows(tape, { ...tensors, measure, epsilon: test.epsilon, factor, shift, lanes }),
          dOutput,
          twice,
        });
        const input = { a, b, C, measure, epsilon, factor, shift };
        const name = { case: `${measure} ${JSON.stringify(test)}` };
        const relative = floatTolerance(C + 8);
        // Sums of products cancel; sums of distances do not. A row is about sqrt(C) long, at most twice that.
        const size = measure === "dot" ? 4 * C : products ? 2 : 0;
        assertClose(y, reference(input), {
          op: "compareRows",
          ...name,
          absolute: relative * (Math.abs(factor) * size + Math.abs(shift)),
          relative,
        });
        const expected = compareRowsBackward(input, twice ? dOutput.map((v) => 2 * v) : dOutput);
        const slope = measure === "dot" ? 4 : products ? 4 * 2 / Math.sqrt(C / 2) : 1;
        const flow = 4 * Math.abs(factor) * (twice ? 2 : 1);
        const check = (op: string, actual: Float32Array, wanted: Float64Array, terms: number) =>
          assertClose(actual, wanted, {
            op: `compareRows ${op}`,
            ...name,
            absolute: relative * slope * flow * terms,
            relative,
          });
        check("dA", gradients.a, expected.dA, N);
        check("dB", gradients.b, expected.dB, 1);
        seen++;
      }
    }
  }
  assertEquals(seen, 50);
});

Deno.test("compareRows of equal rows and of zeros is finite, and so is its gradient", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const measure of MEASURES) {
      const a = Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8, ...new Float64Array(16));
      const b = Float64Array.of(
        1,
        2,
        3,
        4,
        5,
        6,
        7,
        8,
        ...new Float64Array(8).fill(1),
        ...new Float64Array(8),
      );
      const { y, gradients } = await runOp(gpu, {
        inputs: { a: { shape: [3, 8], data: a }, b: { shape: [3, 8], data: b } },
        forward: (tape, tensors) => compareRows(tape, { ...tensors, measure, epsilon: 1e-6 }),
        dOutput: Float64Array.of(1, 1, 1),
      });
      const input = { a, b, C: 8, measure, epsilon: 1e-6 };
      // Gradients of equal rows cancel; those of a clamped length are its inverse.
      const options = { op: measure, absolute: floatTolerance(16), relative: floatTolerance(16) };
      assertClose(y, reference(input), options);
      const { dA, dB } = compareRowsBackward(input, [1, 1, 1]);
      assertClose(gradients.a, dA, options);
      assertClose(gradients.b, dB, options);
      seen++;
    }
  }
  assertEquals(seen, 10);
});

Deno.test("compareRows of not-a-number is not a number", async () => {
  const gpu = await testGpu();
  for (const measure of MEASURES) {
    const { y } = await runOp(gpu, {
      inputs: {
        a: { shape: [2, 8], data: normalValues(16, 1) },
        b: { shape: [2, 8], data: normalValues(16, 2).fill(NaN, 3, 4) },
      },
      forward: (tape, tensors) => compareRows(tape, { ...tensors, measure }),
      dOutput: Float64Array.of(1, 1),
    });
    assertEquals([...y].map(Number.isNaN), [true, false], measure);
  }
});

Deno.test("compareRows refuses rows that do not pair up", async () => {
  const tape = new Tape(await testGpu());
  const of = (rows: number, columns: number) => tape.empty([rows, columns], "rows");
  const cases = [
    [of(2, 8), of(3, 8), "found 3 rows of b for 2 rows of a"],
    [of(2, 8), of(2, 4), "found shape [2,4], wanted [2,8]"],
    [of(2, 6), of(2, 6), "wanted a multiple of 4"],
    [of(2, 12), of(2, 12), "wanted a multiple of 8 for angles"],
  ] as const;
  for (const [a, b, message] of cases) {
    assertThrows(() => compareRows(tape, { a, b, measure: "angle" }), TypeError, message);
  }
  tape.end();
});
