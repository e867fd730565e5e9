import { assertEquals, assertThrows } from "@std/assert";
import { Tape } from "../../src/ops/tape.ts";
import { weightedSum } from "../../src/ops/weighted_sum.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

const scalar = (value: number) => ({ shape: [], data: Float64Array.of(value) });

Deno.test("weightedSum adds scalars times weights and hands their gradients on", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const twice of [false, true]) {
      const { y, gradients } = await runOp(gpu, {
        inputs: { a: scalar(3), b: { ...scalar(-8), parameter: true }, c: scalar(5) },
        forward: (tape, { a, b, c }) => weightedSum(tape, [a, b, c], [2, 0.25, 0]),
        dOutput: Float64Array.of(3),
        twice,
      });
      const factor = twice ? 2 : 1;
      assertEquals([...y], [4]);
      assertEquals([...gradients.a], [6 * factor]);
      assertEquals([...gradients.b], [0.75 * factor]);
      assertEquals([...gradients.c], [0]);
      seen++;
    }
  }
  assertEquals(seen, 4);
});

Deno.test("weightedSum weighs with 1 by default, and takes a scalar several times", async () => {
  const { y, gradients } = await runOp(await testGpu(), {
    inputs: { a: scalar(1.5), b: scalar(2) },
    forward: (tape, { a, b }) => weightedSum(tape, [a, b, a]),
    dOutput: Float64Array.of(1),
  });
  assertEquals([...y], [5]);
  assertEquals([...gradients.a], [2]);
  assertEquals([...gradients.b], [1]);
});

Deno.test("weightedSum of one scalar is that scalar times its weight", async () => {
  const { y, gradients } = await runOp(await testGpu(), {
    inputs: { a: scalar(3) },
    forward: (tape, { a }) => weightedSum(tape, [a], [-0.5]),
    dOutput: Float64Array.of(2),
  });
  assertEquals([[...y], [...gradients.a]], [[-1.5], [-1]]);
});

Deno.test("weightedSum keeps a NaN, even with weight 0", async () => {
  const { y } = await runOp(await testGpu(), {
    inputs: { a: scalar(1), b: scalar(NaN) },
    forward: (tape, { a, b }) => weightedSum(tape, [a, b], [1, 0]),
    dOutput: Float64Array.of(1),
  });
  assertEquals([...y], [NaN]);
});

Deno.test("weightedSum refuses no scalars, other numbers of weights, and tensors of rows", async () => {
  const tape = new Tape(await testGpu());
  const [a, rows] = [tape.empty([], "a"), tape.empty([2], "rows")];
  assertThrows(() => weightedSum(tape, []), RangeError, "found 0 scalars and 0 weights");
  assertThrows(() => weightedSum(tape, [a], [1, 2]), RangeError, "found 1 scalars and 2 weights");
  assertThrows(() => weightedSum(tape, [rows]), TypeError, "found shape [2], wanted []");
  tape.end();
});
