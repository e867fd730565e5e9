import { assert, assertEquals } from "@std/assert";
import { type Squash, squash } from "../../src/ops/squash.ts";
import { squash as reference, squashBackward } from "../reference/squash.ts";
import { normalValues, uniformValues } from "../reference/random_values.ts";
import { assertClose } from "../support/assert_close.ts";
import { testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

const KINDS: readonly Squash[] = ["tanh", "sigmoid"];

Deno.test("squash equals its reference, forward and backward, from its core to its tails", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const kind of KINDS) {
      for (const size of [1, 3, 4, 255, 257, 10_000]) {
        const x = uniformValues(size, size, { low: -9, high: 9 });
        const special = [0, 0.75, -0.75, 80, -80, 1e-20, -1e-3].slice(0, size);
        special.forEach((value, i) => x[i] = Math.fround(value));
        const dOutput = normalValues(size, 2);
        const twice = size === 257;
        const { y, gradients } = await runOp(gpu, {
          inputs: { x: { shape: [size], data: x } },
          forward: (tape, tensors) => squash(tape, tensors.x, kind),
          dOutput,
          twice,
        });
        // An exponential of x is granted 3 + 2 |x| ulp; its part in the result falls faster than that grows
        // for tanh, which has 2 x and a factor of 2, and is the whole of the sigmoid's left tail.
        const name = { case: `${kind} of ${size} elements` };
        const relative = kind === "sigmoid" ? (3 + 2 * 80) * 2 ** -24 : 1e-6;
        assertClose(y, reference(x, kind), { op: "squash", ...name, absolute: 0, relative });
        const expected = squashBackward(x, dOutput, kind)
          .map((value) => value * (twice ? 2 : 1));
        // The slope is made of y, of which 1 is taken: what y lost is lost there, twice, times d_y up to 5.
        assertClose(gradients.x, expected, {
          op: "squash backward",
          ...name,
          absolute: 2 * 5 * 2 * 1e-6,
          relative: 1e-6,
        });
        seen++;
      }
    }
  }
  assertEquals(seen, 24);
});

Deno.test("squash stays finite far out and passes NaN", async () => {
  for (const gpu of await testGpus()) {
    const x = Float64Array.of(3e38, -3e38, NaN, 0);
    const outputs: Record<Squash, number[]> = {
      tanh: [1, -1, NaN, 0],
      sigmoid: [1, 0, NaN, 0.5],
    };
    for (const kind of KINDS) {
      const { y } = await runOp(gpu, {
        inputs: { x: { shape: [4], data: x } },
        forward: (tape, tensors) => squash(tape, tensors.x, kind),
        dOutput: new Float64Array(4),
      });
      for (const [i, expected] of outputs[kind].entries()) {
        assert(
          Number.isNaN(expected) ? Number.isNaN(y[i]) : Math.abs(y[i] - expected) < 1e-30,
          `${kind} of ${x[i]} is ${y[i]}`,
        );
      }
    }
  }
});
