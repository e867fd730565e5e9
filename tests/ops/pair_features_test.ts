import { assertEquals, assertThrows } from "@std/assert";
import { pairFeatures } from "../../src/ops/pair_features.ts";
import { Tape } from "../../src/ops/tape.ts";
import { pairFeatures as reference, pairFeaturesBackward } from "../reference/pair_features.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

Deno.test("pairFeatures equals its reference for every choice of parts", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (let choice = 1; choice < 8; choice++) {
      const parts = { both: choice % 2 > 0, difference: choice % 4 > 1, product: choice > 3 };
      const [B, C] = [[1, 4], [9, 12], [33, 20]][choice % 3];
      const twice = choice === 7;
      const x = normalValues(2 * B * C, 1);
      x[B * C] = x[0];
      const expected = reference(x, { C, ...parts });
      const dOutput = normalValues(expected.length, 2);
      const { y, gradients } = await runOp(gpu, {
        inputs: { x: { shape: [2 * B, C], data: x } },
        forward: (tape, tensors) => pairFeatures(tape, { ...tensors, ...parts }),
        dOutput,
        twice,
      });
      const name = { op: "pairFeatures", case: JSON.stringify({ B, C, ...parts }) };
      assertClose(y, expected, { ...name, absolute: 0, relative: floatTolerance(1) });
      const gradient = pairFeaturesBackward(x, dOutput, { C, ...parts });
      // Up to three terms, each a product of two numbers of at most 5, that may cancel.
      assertClose(gradients.x, gradient.map((g) => twice ? 2 * g : g), {
        ...name,
        absolute: 2 * 25 * floatTolerance(3),
        relative: 0,
      });
      seen++;
    }
  }
  assertEquals(seen, 14);
});

Deno.test("pairFeatures refuses no parts, and rows that are no pairs", async () => {
  const tape = new Tape(await testGpu());
  const none = { both: false, difference: false, product: false };
  assertThrows(
    () => pairFeatures(tape, { x: tape.empty([2, 4], "x"), ...none }),
    RangeError,
    "found 2 rows and 0 parts",
  );
  assertThrows(
    () => pairFeatures(tape, { x: tape.empty([3, 4], "x"), ...none, both: true }),
    RangeError,
    "found 3 rows and 2 parts",
  );
  tape.end();
});
