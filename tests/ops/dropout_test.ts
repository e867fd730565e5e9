import { assert, assertEquals, assertThrows } from "@std/assert";
import { dropout, dropoutThreshold } from "../../src/ops/dropout.ts";
import { Tape } from "../../src/ops/tape.ts";
import { dropout as reference } from "../reference/dropout.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

Deno.test("dropout scales what it keeps, and its gradient has the same holes", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const [T, C, p] of [[1, 4, 0.5], [63, 4, 0.1], [65, 132, 0.1], [7, 1024, 0.9]]) {
      const x = normalValues(T * C, 1).map((value) => value === 0 ? 1 : value);
      const dOutput = normalValues(T * C, 2);
      const { y, gradients } = await runOp(gpu, {
        inputs: { x: { shape: [T, C], data: x } },
        forward: (tape, tensors) => dropout(tape, tensors.x, p),
        dOutput,
        seed: 7,
      });
      const input = { x, C, p, keep: (row: number, column: number) => y[row * C + column] !== 0 };
      const rounding = { absolute: 0, relative: 2 ** -22 };
      assertClose(y, reference(input), { op: "dropout", ...rounding });
      assertClose(gradients.x, reference({ ...input, x: dOutput }), {
        op: "dropout backward",
        ...rounding,
      });
      seen++;
    }
  }
  assertEquals(seen, 8);
});

Deno.test("dropout keeps the share that it should, in every row and column", async () => {
  const [gpu] = await testGpus();
  const [T, C, p] = [512, 256, 0.25];
  const kept = async (seed: number) => {
    const { y } = await runOp(gpu, {
      inputs: { x: { shape: [T, C], data: new Float64Array(T * C).fill(1) } },
      forward: (tape, tensors) => dropout(tape, tensors.x, p),
      dOutput: new Float64Array(T * C),
      seed,
    });
    return y.map((value) => value === 0 ? 0 : 1);
  };
  const first = await kept(1);
  const rows = new Float64Array(T);
  const columns = new Float64Array(C);
  first.forEach((value, i) => {
    rows[Math.floor(i / C)] += value / C;
    columns[i % C] += value / T;
  });
  // Five standard deviations of a mean of C or T coin tosses: one row of 512 in 3,000 runs beyond.
  const deviation = Math.sqrt(p * (1 - p));
  for (const share of rows) assert(Math.abs(share - (1 - p)) < 5 * deviation / Math.sqrt(C));
  for (const share of columns) assert(Math.abs(share - (1 - p)) < 5 * deviation / Math.sqrt(T));
  const second = await kept(2);
  const equal = first.reduce((sum, value, i) => sum + (value === second[i] ? 1 : 0), 0) / (T * C);
  assert(Math.abs(equal - (p * p + (1 - p) ** 2)) < 0.01, "another seed draws other holes");
});

Deno.test("dropout outside training and with probability 0 is its argument", async () => {
  const gpu = await testGpu();
  const x = gpu.tensor([2, 4], "x");
  assertEquals(dropout(new Tape(gpu), x, 0.5), x);
  assertEquals(dropout(new Tape(gpu, { recording: true }), x, 0), x);
  for (const probability of [1, -0.1, NaN]) {
    assertThrows(() => dropout(new Tape(gpu), x, probability), RangeError, "wanted [0, 1)");
  }
  gpu.release(x);
});

Deno.test("dropoutThreshold is the probability in 2^32 parts, and a word", () => {
  assertEquals(dropoutThreshold(0.5), 2 ** 31);
  assertEquals(dropoutThreshold(1 - 1e-16), 2 ** 32 - 1);
});
