import { assert, assertEquals, assertThrows } from "@std/assert";
import { binaryCrossEntropy } from "../../src/ops/binary_cross_entropy.ts";
import { Tape } from "../../src/ops/tape.ts";
import {
  binaryCrossEntropy as reference,
  binaryCrossEntropyBackward,
} from "../reference/binary_cross_entropy.ts";
import { normalValues, uniformValues } from "../reference/random_values.ts";
import { assertClose } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

Deno.test("binaryCrossEntropy equals its reference, forward and backward", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const [n, deviation] of [[1, 1], [63, 20], [65, 3], [200, 0.1]]) {
      const logits = normalValues(n, 1, { deviation });
      const labels = uniformValues(n, 2, { low: 0, high: 1 });
      const dOutput = normalValues(n, 3);
      const twice = n === 65;
      const { y, gradients } = await runOp(gpu, {
        inputs: { logits: { shape: [n], data: logits } },
        forward: (tape, tensors) => {
          const uploaded = tape.upload([n], Float32Array.from(labels), "labels");
          return binaryCrossEntropy(tape, { ...tensors, labels: uploaded });
        },
        dOutput,
        twice,
      });
      const name = { op: "binaryCrossEntropy", case: JSON.stringify({ n, deviation }) };
      // WGSL grants log an absolute error of 2^-21 near 1, and exp(-|z|) at most 3 ulp of 1.
      const relative = 2 ** -22;
      assertClose(y, reference(logits, labels), { ...name, absolute: 2 ** -20, relative });
      const expected = binaryCrossEntropyBackward(logits, labels, dOutput);
      assertClose(gradients.logits, expected.map((g) => twice ? 2 * g : g), {
        ...name,
        absolute: 2 * 5 * 2 ** -21,
        relative,
      });
      seen++;
    }
  }
  assertEquals(seen, 8);
});

Deno.test("binaryCrossEntropy stays finite for huge logits, and keeps a NaN", async () => {
  const { y, gradients } = await runOp(await testGpu(), {
    inputs: { logits: { shape: [5], data: Float64Array.of(80, -80, 1e6, -1e6, NaN) } },
    forward: (tape, { logits }) =>
      binaryCrossEntropy(tape, {
        logits,
        labels: tape.upload([5], Float32Array.of(0, 1, 0, 1, 1), "labels"),
      }),
    dOutput: Float64Array.of(1, 1, 1, 1, 1),
  });
  assertEquals([...y], [80, 80, 1e6, 1e6, NaN]);
  assertEquals([...gradients.logits.subarray(0, 4)], [1, -1, 1, -1]);
  assert(Number.isNaN(gradients.logits[4]));
});

Deno.test("binaryCrossEntropy refuses other numbers of labels", async () => {
  const tape = new Tape(await testGpu());
  const [logits, labels] = [tape.empty([3], "z"), tape.empty([2], "y")];
  assertThrows(
    () => binaryCrossEntropy(tape, { logits, labels }),
    TypeError,
    "found 2 labels for 3 logits",
  );
  tape.end();
});
