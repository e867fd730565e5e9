import { assertEquals } from "@std/assert";
import { pool, type PoolMode } from "../../src/ops/pool.ts";
import { pool as reference, poolBackward } from "../reference/pool.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

const MODES: readonly PoolMode[] = ["mean", "cls", "max"];

Deno.test("pool equals its reference in every mode, for sequences from 1 token on", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const mode of MODES) {
      for (const [C, lengths] of [[4, [1]], [20, [1, 500, 2]], [256, [3, 1, 4]]] as const) {
        const starts = new Uint32Array(lengths.length + 1);
        lengths.forEach((length, i) => starts[i + 1] = starts[i] + length);
        const T = starts[lengths.length];
        const x = normalValues(T * C, 1);
        const dOutput = normalValues(lengths.length * C, 2);
        const twice = C === 256;
        const { y, gradients } = await runOp(gpu, {
          inputs: { x: { shape: [T, C], data: x } },
          forward: (tape, tensors) =>
            pool(tape, {
              hidden: tensors.x,
              sequenceStarts: tape.upload([starts.length], starts, "starts"),
              mode,
            }),
          dOutput,
          twice,
        });
        const input = { x, sequenceStarts: starts, C, mode };
        const relative = floatTolerance(Math.max(...lengths));
        const name = { case: `${mode} ${C} [${lengths}]` };
        assertClose(y, reference(input), { op: "pool", ...name, absolute: relative, relative });
        assertClose(
          gradients.x,
          poolBackward(input, dOutput).map((value) => value * (twice ? 2 : 1)),
          { op: "pool backward", ...name, absolute: 0, relative: 2 ** -22 },
        );
        seen++;
      }
    }
  }
  assertEquals(seen, 18);
});

Deno.test("pool sends the gradient of a tied maximum to the first row", async () => {
  const [gpu] = await testGpus();
  const starts = Uint32Array.of(0, 3);
  const { gradients } = await runOp(gpu, {
    inputs: { x: { shape: [3, 4], data: new Float64Array(12).fill(-2) } },
    forward: (tape, tensors) =>
      pool(tape, {
        hidden: tensors.x,
        sequenceStarts: tape.upload([2], starts, "starts"),
        mode: "max",
      }),
    dOutput: Float64Array.of(1, 2, 3, 4),
  });
  assertEquals([...gradients.x], [1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0]);
});
