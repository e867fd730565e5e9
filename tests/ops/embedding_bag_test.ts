import { assertEquals } from "@std/assert";
import { Random } from "../../src/data/random.ts";
import { embeddingBag } from "../../src/ops/embedding_bag.ts";
import { embeddingBag as reference, embeddingBagBackward } from "../reference/embedding_bag.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

interface Case {
  V: number;
  C: number;
  lengths: readonly number[];
}

/** One token; widths around a workgroup; empty sequences; ids that more than 128 tokens have; no token. */
const CASES: readonly Case[] = [
  { V: 1, C: 4, lengths: [1] },
  { V: 5, C: 12, lengths: [0, 3, 1, 0, 7] },
  { V: 2, C: 132, lengths: [300, 1, 200, 0] },
  { V: 100, C: 256, lengths: [2, 40, 9] },
  { V: 3, C: 8, lengths: [0, 0] },
];

Deno.test("embeddingBag equals its reference, forward and backward", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const { V, C, lengths } of CASES) {
      const sequenceStarts = new Uint32Array(lengths.length + 1);
      lengths.forEach((length, s) => sequenceStarts[s + 1] = sequenceStarts[s] + length);
      const random = new Random(V);
      const T = sequenceStarts[lengths.length];
      const ids = Uint32Array.from({ length: T }, () => random.integer(V));
      const table = normalValues(V * C, 1);
      const dOutput = normalValues(lengths.length * C, 2);
      for (const parameter of [true, false]) {
        const twice = C === 12;
        const { y, gradients } = await runOp(gpu, {
          inputs: { table: { shape: [V, C], data: table, parameter } },
          forward: (tape, { table }) => embeddingBag(tape, { table, ids, sequenceStarts }),
          dOutput,
          twice,
        });
        const input = { table, ids, sequenceStarts, C };
        const name = { case: `${V} x ${C}, [${lengths}], parameter ${parameter}` };
        const mean = floatTolerance(Math.max(1, ...lengths));
        const tolerance = { absolute: mean, relative: mean };
        assertClose(y, reference(input), { op: "embeddingBag", ...name, ...tolerance });
        const dTable = embeddingBagBackward(input, dOutput);
        const sum = floatTolerance(Math.max(1, T));
        assertClose(gradients.table, dTable.map((value) => value * (twice ? 2 : 1)), {
          op: "embeddingBag backward",
          ...name,
          absolute: 4 * sum,
          relative: sum,
        });
        seen++;
      }
    }
  }
  assertEquals(seen, 20);
});
