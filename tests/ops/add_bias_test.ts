import { assertEquals, assertThrows } from "@std/assert";
import { addBias } from "../../src/ops/add_bias.ts";
import { Tape } from "../../src/ops/tape.ts";
import { addBias as reference, addBiasBackward } from "../reference/add_bias.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

Deno.test("addBias equals its reference, forward and backward, for any width", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const [R, N] of [[1, 1], [5, 3], [33, 64], [9, 65]]) {
      for (const twice of [false, true]) {
        const [x, bias] = [normalValues(R * N, 1), normalValues(N, 2)];
        const dOutput = normalValues(R * N, 3);
        const { y, gradients } = await runOp(gpu, {
          inputs: {
            x: { shape: [R, N], data: x },
            bias: { shape: [N], data: bias, parameter: R > 1 },
          },
          forward: (tape, tensors) => addBias(tape, tensors.x, tensors.bias),
          dOutput,
          twice,
        });
        const name = { op: "addBias", case: JSON.stringify({ R, N, twice }) };
        assertClose(y, reference(x, bias), {
          ...name,
          absolute: 10 * floatTolerance(1),
          relative: 0,
        });
        const { dX, dBias } = addBiasBackward(dOutput, N);
        const factor = twice ? 2 : 1;
        assertEquals([...gradients.x], [...dX.map((g) => factor * g)]);
        assertClose(gradients.bias, dBias.map((g) => factor * g), {
          ...name,
          absolute: factor * R * floatTolerance(R + 1),
          relative: 0,
        });
        seen++;
      }
    }
  }
  assertEquals(seen, 16);
});

Deno.test("addBias refuses a bias of another width", async () => {
  const tape = new Tape(await testGpu());
  const [x, bias] = [tape.empty([2, 3], "x"), tape.empty([4], "bias")];
  assertThrows(() => addBias(tape, x, bias), TypeError, "found shape [4], wanted [3]");
  tape.end();
});
