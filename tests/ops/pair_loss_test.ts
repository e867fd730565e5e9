import { assertEquals, assertThrows } from "@std/assert";
import { pairLoss, type PairLossKind } from "../../src/ops/pair_loss.ts";
import { Tape } from "../../src/ops/tape.ts";
import { pairLoss as reference, pairLossBackward } from "../reference/pair_loss.ts";
import { integerValues, uniformValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

const KINDS: readonly PairLossKind[] = ["squared", "contrastive", "hard"];

/** Positives and negatives of every small number, and many. */
const LABELS: readonly (readonly number[])[] = [
  [1],
  [0],
  [1, 0],
  [1, 1, 1],
  [0, 0, 0],
  [1, 0, 0, 0],
  [0, 1, 1, 1],
  [...integerValues(64, 3, 2)],
  [...integerValues(65, 4, 2)],
  [...integerValues(200, 5, 3)].map((label) => label / 2),
];

Deno.test("pairLoss equals its reference, forward and backward", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const kind of KINDS) {
      for (const labels of LABELS) {
        const B = labels.length;
        const average = B % 2 === 0;
        const twice = B === 65;
        const values = uniformValues(B, 1, { low: 0, high: 2 });
        const margin = 1.25;
        const dLoss = 0.5;
        const { y, gradients } = await runOp(gpu, {
          inputs: { values: { shape: [B], data: values } },
          forward: (tape, tensors) => {
            const wanted = tape.upload([B], Float32Array.from(labels), "labels");
            return pairLoss(tape, { ...tensors, labels: wanted, kind, margin, average });
          },
          dOutput: Float64Array.of(dLoss),
          twice,
        });
        const input = { values, labels, kind, margin, average };
        const name = { op: "pairLoss", case: `${kind}, ${B} values` };
        // Terms are positive; differences of numbers below 2 are off by 2^-24 of them.
        const relative = floatTolerance(B + 4);
        assertClose(y, [reference(input)], { ...name, absolute: relative, relative });
        assertClose(gradients.values, pairLossBackward(input, dLoss * (twice ? 2 : 1)), {
          ...name,
          absolute: 4 * 2 ** -23,
          relative: floatTolerance(4),
        });
        seen++;
      }
    }
  }
  assertEquals(seen, 60);
});

Deno.test("pairLoss of a value that is not a number is not a number", async () => {
  for (const gpu of await testGpus()) {
    for (const kind of KINDS) {
      for (const labels of [[0, 1, 1, 0], [1, 1, 1, 1], [0, 0, 0, 0]]) {
        const { y } = await runOp(gpu, {
          inputs: { values: { shape: [4], data: Float64Array.of(1, NaN, 0, NaN) } },
          forward: (tape, tensors) => {
            const wanted = tape.upload([4], Float32Array.from(labels), "labels");
            return pairLoss(tape, { ...tensors, labels: wanted, kind, average: true });
          },
          dOutput: Float64Array.of(1),
        });
        assertEquals([...y], [NaN], `${kind} ${labels}`);
      }
    }
  }
});

Deno.test("pairLoss refuses labels of another number", async () => {
  const tape = new Tape(await testGpu());
  const [values, labels] = [tape.empty([3], "values"), tape.empty([2], "labels")];
  assertThrows(
    () => pairLoss(tape, { values, labels, kind: "squared", average: true }),
    TypeError,
    "found shape [2], wanted [3]",
  );
  tape.end();
});
