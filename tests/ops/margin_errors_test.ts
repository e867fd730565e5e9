import { assert, assertEquals, assertThrows } from "@std/assert";
import { marginErrors } from "../../src/ops/margin_errors.ts";
import { Tape } from "../../src/ops/tape.ts";
import { marginErrors as reference, marginErrorsBackward } from "../reference/margin_errors.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

Deno.test("marginErrors equals its reference, forward and backward", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const [B, n, W] of [[1, 1, 1], [1, 1, 2], [65, 3, 3], [64, 3, 4], [7, 20, 21]]) {
      const [scores, labels] = [normalValues(B * (n + 1), 1), normalValues(B * W, 2)];
      const dOutput = normalValues(B, 3);
      const twice = B === 65;
      const { y, gradients } = await runOp(gpu, {
        inputs: { scores: { shape: [B, n + 1], data: scores } },
        forward: (tape, tensors) => {
          const uploaded = tape.upload([B, W], Float32Array.from(labels), "labels");
          return marginErrors(tape, { ...tensors, labels: uploaded });
        },
        dOutput,
        twice,
      });
      const input = { scores, labels, n };
      const name = { op: "marginErrors", case: JSON.stringify({ B, n, W }) };
      // An error is a sum of four numbers of at most 5.
      const [size, rounding] = [20, floatTolerance(n + 4)];
      assertClose(y, reference(input), { ...name, absolute: size ** 2 * rounding, relative: 0 });
      const expected = marginErrorsBackward(input, dOutput);
      assertClose(gradients.scores, expected.map((g) => twice ? 2 * g : g), {
        ...name,
        absolute: 2 * 2 * 5 * size * rounding,
        relative: 0,
      });
      seen++;
    }
  }
  assertEquals(seen, 10);
});

Deno.test("marginErrors keeps a NaN in its row", async () => {
  const { y } = await runOp(await testGpu(), {
    inputs: { scores: { shape: [2, 2], data: Float64Array.of(1, NaN, 3, 1) } },
    forward: (tape, { scores }) =>
      marginErrors(tape, { scores, labels: tape.upload([2, 1], Float32Array.of(0, 0), "labels") }),
    dOutput: Float64Array.of(1, 1),
  });
  assert(Number.isNaN(y[0]));
  assertEquals(y[1], 4);
});

Deno.test("marginErrors refuses other numbers of labels", async () => {
  const tape = new Tape(await testGpu());
  for (
    const [scores, labels] of [[[2, 3], [2, 1]], [[2, 3], [3, 2]], [[2, 3], [2, 4]], [[2, 1], [
      2,
      1,
    ]]]
  ) {
    assertThrows(
      () =>
        marginErrors(tape, { scores: tape.empty(scores, "s"), labels: tape.empty(labels, "l") }),
      TypeError,
      `found labels [${labels}] for scores [${scores}]`,
    );
  }
  tape.end();
});
