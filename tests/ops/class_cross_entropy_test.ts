import { assert, assertEquals, assertThrows } from "@std/assert";
import { classCrossEntropy } from "../../src/ops/class_cross_entropy.ts";
import { Tape } from "../../src/ops/tape.ts";
import {
  classCrossEntropy as reference,
  classCrossEntropyBackward,
} from "../reference/class_cross_entropy.ts";
import { integerValues, normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

const CASES = [
  { R: 1, K: 1, lanes: 1, deviation: 1 },
  { R: 1, K: 3, lanes: 64, deviation: 1 },
  { R: 65, K: 2, lanes: 1, deviation: 3, labelSmoothing: 0.1 },
  { R: 33, K: 31, lanes: 32, deviation: 1, twice: true },
  { R: 10, K: 130, lanes: 32, deviation: 5, labelSmoothing: 0.2 },
  { R: 7, K: 5, lanes: 8, deviation: 30, labelSmoothing: 1 },
];

Deno.test("classCrossEntropy equals its reference, forward and backward", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const test of CASES) {
      const { R, K, lanes, deviation, labelSmoothing, twice = false } = test;
      const logits = normalValues(R * K, 1, { deviation });
      const labels = integerValues(R, 3, K);
      const dOutput = normalValues(R, 2);
      const { y, gradients } = await runOp(gpu, {
        inputs: { logits: { shape: [R, K], data: logits } },
        forward: (tape, tensors) => {
          const uploaded = tape.upload([R], Float32Array.from(labels), "labels");
          return classCrossEntropy(tape, { ...tensors, labels: uploaded, labelSmoothing, lanes });
        },
        dOutput,
        twice,
      });
      const input = { logits, labels, K, labelSmoothing };
      const name = { op: "classCrossEntropy", case: JSON.stringify(test) };
      // Logits are exact; WGSL grants exp 3 + 2 |x| ulp and log an absolute error of 2^-21.
      const top = 2 * 5 * deviation;
      const shares = (3 + 2 * top) * 2 ** -23 + floatTolerance(K);
      const absolute = top * floatTolerance(K) + 2 ** -21 + shares;
      assertClose(y, reference(input), { ...name, absolute, relative: 0 });
      const expected = classCrossEntropyBackward(input, dOutput);
      assertClose(gradients.logits, expected.map((g) => twice ? 2 * g : g), {
        ...name,
        absolute: 2 * 5 * (shares + absolute),
        relative: 0,
      });
      seen++;
    }
  }
  assertEquals(seen, 12);
});

Deno.test("classCrossEntropy survives logits of thousands, and keeps a NaN", async () => {
  const run = async (data: Float64Array) =>
    await runOp(await testGpu(), {
      inputs: { logits: { shape: [1, 2], data } },
      forward: (tape, { logits }) => {
        const labels = tape.upload([1], Float32Array.of(1), "labels");
        return classCrossEntropy(tape, { logits, labels });
      },
      dOutput: Float64Array.of(1),
    });
  const { y, gradients } = await run(Float64Array.of(4000, -4000));
  assertEquals([[...y], [...gradients.logits]], [[8000], [1, -1]]);
  assert((await run(Float64Array.of(NaN, 1))).y.every(Number.isNaN));
});

Deno.test("classCrossEntropy refuses other numbers of labels, and smoothing outside [0, 1]", async () => {
  const tape = new Tape(await testGpu());
  const [logits, labels] = [tape.empty([2, 3], "z"), tape.empty([2], "y")];
  assertThrows(
    () => classCrossEntropy(tape, { logits, labels: tape.empty([3], "y") }),
    TypeError,
    "found shape [3], wanted [2]",
  );
  for (const labelSmoothing of [-0.1, 1.1, NaN]) {
    assertThrows(
      () => classCrossEntropy(tape, { logits, labels, labelSmoothing }),
      RangeError,
      `labelSmoothing is ${labelSmoothing}, wanted [0, 1]`,
    );
  }
  tape.end();
});
