import { assertEquals, assertThrows } from "@std/assert";
import { gatedActivation } from "../../src/ops/gated_activation.ts";
import { HIDDEN_ACTIVATIONS, type HiddenActivation } from "../../src/ops/hidden_activation.ts";
import { Tape } from "../../src/ops/tape.ts";
import {
  gatedActivation as reference,
  gatedActivationBackward,
} from "../reference/gated_activation.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose } from "../support/assert_close.ts";
import { testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

const CASES = [
  { T: 1, F: 4, twice: false },
  { T: 3, F: 12, twice: true },
  { T: 65, F: 128, twice: false },
];

Deno.test("gatedActivation equals its reference, forward and backward", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const kind of Object.keys(HIDDEN_ACTIVATIONS) as HiddenActivation[]) {
      for (const { T, F, twice } of CASES) {
        const x = normalValues(T * 2 * F, 1, { deviation: 2 });
        const dOutput = normalValues(T * F, 2);
        const { y, gradients } = await runOp(gpu, {
          inputs: { x: { shape: [T, 2 * F], data: x } },
          forward: (tape, tensors) => gatedActivation(tape, tensors.x, kind),
          dOutput,
          twice,
        });
        // Activations and slopes are within 7e-7 and 2e-6; gates and gradients stay below 10 and 5.
        const name = { case: `${kind} ${T} x ${F}` };
        const close = { absolute: 7e-6, relative: 5e-7 };
        assertClose(y, reference(x, F, kind), { op: "forward", ...name, ...close });
        const dX = gatedActivationBackward(x, dOutput, { F, kind });
        const expected = dX.map((value) => value * (twice ? 2 : 1));
        const far = { absolute: 50 * 2e-6, relative: 1e-6 };
        assertClose(gradients.x, expected, { op: "backward", ...name, ...far });
        seen++;
      }
    }
  }
  assertEquals(seen, 2 * 4 * 3);
});

Deno.test("gatedActivation refuses halves that are no whole vectors", async () => {
  const [gpu] = await testGpus();
  const tape = new Tape(gpu);
  assertThrows(
    () => gatedActivation(tape, tape.empty([2, 12], "both")),
    TypeError,
    'Cannot run gatedActivation on "both": found rows of 12 columns, wanted a multiple of 8',
  );
  tape.end();
});
