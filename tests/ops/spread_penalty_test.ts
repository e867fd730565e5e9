import { assert, assertEquals, assertThrows } from "@std/assert";
import { spreadPenalty } from "../../src/ops/spread_penalty.ts";
import { Tape } from "../../src/ops/tape.ts";
import { spreadPenalty as reference, spreadPenaltyBackward } from "../reference/spread_penalty.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

Deno.test("spreadPenalty equals its reference, below and above the threshold", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const term of ["mean", "second moment"] as const) {
      for (const threshold of [0.125, 0.5]) {
        for (const twice of [false, true]) {
          const data = Float64Array.of(-0.75, 0.25);
          const { y, gradients } = await runOp(gpu, {
            inputs: { moments: { shape: [2], data } },
            forward: (tape, { moments }) => spreadPenalty(tape, { moments, term, threshold }),
            dOutput: Float64Array.of(3),
            twice,
          });
          // Powers of two: every number is exact.
          assertEquals([...y], [reference(data, { term, threshold })]);
          const expected = spreadPenaltyBackward(data, { term, threshold }, twice ? 6 : 3);
          assertEquals([...gradients.moments], [...expected]);
          seen++;
        }
      }
    }
  }
  assertEquals(seen, 16);
});

Deno.test("spreadPenalty keeps a NaN", async () => {
  for (const term of ["mean", "second moment"] as const) {
    const { y } = await runOp(await testGpu(), {
      inputs: { moments: { shape: [2], data: Float64Array.of(NaN, NaN) } },
      forward: (tape, { moments }) => spreadPenalty(tape, { moments, term, threshold: 0.5 }),
      dOutput: Float64Array.of(1),
    });
    assert(Number.isNaN(y[0]), term);
  }
});

Deno.test("spreadPenalty refuses what are not two moments", async () => {
  const tape = new Tape(await testGpu());
  assertThrows(
    () => spreadPenalty(tape, { moments: tape.empty([3], "m"), term: "mean", threshold: 0 }),
    TypeError,
    "found shape [3], wanted [2]",
  );
  tape.end();
});
