import { assert, assertEquals, assertThrows } from "@std/assert";
import { klDivergence } from "../../src/ops/kl_divergence.ts";
import { Tape } from "../../src/ops/tape.ts";
import { klDivergence as reference, klDivergenceBackward } from "../reference/kl_divergence.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runOp } from "../support/run_op.ts";

const CASES = [
  { R: 1, K: 1, lanes: 1, studentTemperature: 1, teacherTemperature: 1 },
  { R: 1, K: 5, lanes: 64, studentTemperature: 0.5, teacherTemperature: 2 },
  { R: 65, K: 3, lanes: 1, studentTemperature: 1, teacherTemperature: 1, twice: true },
  { R: 9, K: 384, lanes: 32, studentTemperature: 0.3, teacherTemperature: 0.3 },
  { R: 12, K: 33, lanes: 8, studentTemperature: 3, teacherTemperature: 0.1 },
];

Deno.test("klDivergence equals its reference, forward and backward", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const test of CASES) {
      const { R, K, lanes, twice = false, ...temperatures } = test;
      const [student, teacher] = [normalValues(R * K, 1), normalValues(R * K, 2)];
      const dOutput = normalValues(R, 3);
      const { y, gradients } = await runOp(gpu, {
        inputs: { student: { shape: [R, K], data: student } },
        forward: (tape, tensors) => {
          const uploaded = tape.upload([R, K], Float32Array.from(teacher), "teacher");
          return klDivergence(tape, { ...tensors, teacher: uploaded, ...temperatures, lanes });
        },
        dOutput,
        twice,
      });
      const input = { student, teacher, K, ...temperatures };
      const name = { op: "klDivergence", case: JSON.stringify(test) };
      // Scores differ by up to `top`; WGSL grants exp 3 + 2 |x| ulp and log an absolute error of 2^-21.
      const top = 8 / Math.min(...Object.values(temperatures));
      const shares = (3 + 4 * top) * 2 ** -23 + floatTolerance(K) + 2 ** -20;
      assertClose(y, reference(input), { ...name, absolute: top * shares, relative: 0 });
      const expected = klDivergenceBackward(input, dOutput);
      assertClose(gradients.student, expected.map((g) => twice ? 2 * g : g), {
        ...name,
        absolute: 2 * 5 * shares / temperatures.studentTemperature,
        relative: 0,
      });
      seen++;
    }
  }
  assertEquals(seen, 10);
});

Deno.test("klDivergence survives scores of +-80 over small temperatures, and keeps a NaN", async () => {
  const run = async (data: Float64Array) =>
    await runOp(await testGpu(), {
      inputs: { student: { shape: [1, 2], data } },
      forward: (tape, { student }) =>
        klDivergence(tape, {
          student,
          teacher: tape.upload([1, 2], Float32Array.of(-80, 80), "teacher"),
          studentTemperature: 0.125,
          teacherTemperature: 0.001,
        }),
      dOutput: Float64Array.of(1),
    });
  const { y, gradients } = await run(Float64Array.of(80, -80));
  assertEquals([[...y], [...gradients.student]], [[1280], [8, -8]]);
  assert((await run(Float64Array.of(NaN, 1))).y.every(Number.isNaN));
});

Deno.test("klDivergence refuses scores of other shapes", async () => {
  const tape = new Tape(await testGpu());
  const [student, teacher] = [tape.empty([2, 3], "s"), tape.empty([2, 4], "t")];
  const temperatures = { studentTemperature: 1, teacherTemperature: 1 };
  assertThrows(
    () => klDivergence(tape, { student, teacher, ...temperatures }),
    TypeError,
    "found shape [2,4], wanted [2,3]",
  );
  tape.end();
});
