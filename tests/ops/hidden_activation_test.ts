import { assertEquals } from "@std/assert";
import {
  HIDDEN_ACTIVATIONS,
  type HiddenActivation,
  hiddenActivation,
} from "../../src/ops/hidden_activation.ts";
import { Tape } from "../../src/ops/tape.ts";
import {
  hiddenActivation as reference,
  hiddenActivationBackward,
} from "../reference/hidden_activation.ts";
import { normalValues, uniformValues } from "../reference/random_values.ts";
import { assertClose } from "../support/assert_close.ts";
import { testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

const KINDS = Object.keys(HIDDEN_ACTIVATIONS) as HiddenActivation[];

/** Elements from the core to the tails, where the exact function changes its formula among them. */
function values(size: number): Float64Array {
  const x = uniformValues(size, size, { low: -9, high: 9 });
  const special = [0, -0, 1.4142135, -1.4142135, 80, -80, 1e-20, -100].slice(0, size);
  special.forEach((value, i) => x[i] = Math.fround(value));
  return x;
}

Deno.test("hiddenActivation equals its reference, forward and backward, from core to tails", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const kind of KINDS) {
      for (const size of [1, 3, 4, 255, 256, 257, 40_000]) {
        const x = values(size);
        const dOutput = normalValues(size, 2);
        const twice = size === 257;
        const { y, gradients } = await runOp(gpu, {
          inputs: { x: { shape: [size], data: x } },
          forward: (tape, tensors) => hiddenActivation(tape, tensors.x, kind),
          dOutput,
          twice,
        });
        // The error function is within 1.4e-7 and is multiplied by x / 2; exponentials of z are granted
        // 3 + 2 |z| ulp, and what they leave of x or x^2 times a probability is less than 1e-6 in all.
        const name = { case: `${kind}, ${size} elements` };
        const wanted = reference(x, kind);
        assertClose(y, wanted, { op: "forward", ...name, absolute: 7e-7, relative: 3e-7 });
        const times = twice ? 2 : 1;
        const expected = hiddenActivationBackward(x, dOutput, kind).map((value) => value * times);
        assertClose(gradients.x, expected, {
          op: "backward",
          ...name,
          absolute: 5 * 2e-6,
          relative: 1e-6,
        });
        seen++;
      }
    }
  }
  assertEquals(seen, 2 * 4 * 7);
});

Deno.test("hiddenActivation passes large values and stops large negative ones", async () => {
  const [gpu] = await testGpus();
  const data = Float64Array.of(1e30, -1e30, 200, -200);
  for (const kind of KINDS) {
    const { y, gradients } = await runOp(gpu, {
      inputs: { x: { shape: [4], data } },
      forward: (tape, tensors) => hiddenActivation(tape, tensors.x, kind),
      dOutput: new Float64Array(4).fill(1),
    });
    const round = (list: Float32Array) => [...list].map((value) => value === 0 ? 0 : value);
    assertEquals(round(y), [Math.fround(1e30), 0, 200, 0], kind);
    assertEquals(round(gradients.x), [1, 0, 1, 0], kind);
  }
});

Deno.test("hiddenActivation passes NaN", async () => {
  const [gpu] = await testGpus();
  for (const kind of KINDS) {
    const tape = new Tape(gpu);
    const x = tape.upload([4], Float32Array.of(1, NaN, -1, NaN), "x");
    const y = await gpu.read(hiddenActivation(tape, x, kind));
    assertEquals([...y].map(Number.isNaN), [false, true, false, true], kind);
    tape.end();
  }
});
