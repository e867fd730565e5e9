import { assert, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import {
  DistillKLDivLoss,
  type DistillKLDivLossOptions,
} from "../../src/losses/distill_kl_div_loss.ts";
import { distillKlDivLoss } from "../reference/losses/distill_kl_div_loss.ts";
import { normalValues } from "../reference/random_values.ts";
import { assertClose, floatTolerance } from "../support/assert_close.ts";
import { testGpu, testGpus } from "../support/gpu.ts";
import { runLoss } from "../support/run_loss.ts";

const CASES: readonly ({ B: number; C: number; n: number } & DistillKLDivLossOptions)[] = [
  { B: 1, C: 4, n: 2 },
  { B: 33, C: 20, n: 3, temperature: 2 },
  { B: 9, C: 12, n: 5, temperature: 2, student_temperature: 0.5 },
  { B: 9, C: 12, n: 2, teacher_temperature: 0.25, similarity_fct: "cos_sim" },
];

Deno.test("DistillKLDivLoss equals its reference", async () => {
  let seen = 0;
  for (const gpu of await testGpus()) {
    for (const test of CASES) {
      const { B, C, n, ...options } = test;
      const { temperature = 1, similarity_fct = "dot_score" } = options;
      const studentTemperature = options.student_temperature ?? temperature;
      const teacherTemperature = options.teacher_temperature ?? temperature;
      const embeddings = normalValues((n + 1) * B * C, 1, { deviation: C ** -0.25 });
      const labels = normalValues(B * n, 2);
      const { y, gradients } = await runLoss(gpu, new DistillKLDivLoss(options), {
        B,
        C,
        inputs: { embeddings },
        labels,
      });
      const expected = distillKlDivLoss({ embeddings, B, C, similarity: similarity_fct }, {
        labels,
        studentTemperature,
        teacherTemperature,
      });
      const name = { op: "DistillKLDivLoss", case: JSON.stringify(test) };
      // Scores of about 1 with a sum of magnitudes of sqrt(C); over temperatures they reach 20.
      const rounding = (20 + Math.sqrt(C)) * floatTolerance(C + 8) + 2 ** -20;
      const size = studentTemperature ** 2;
      assertClose(y, [expected.loss], { ...name, absolute: 8 * size * rounding, relative: 0 });
      assertClose(gradients.embeddings, expected.dEmbeddings, {
        ...name,
        absolute: 8 * 5 * size / studentTemperature * rounding / B,
        relative: 0,
      });
      seen++;
    }
  }
  assertEquals(seen, 8);
});

Deno.test("DistillKLDivLoss is 0 for equal scores, finite for huge ones, NaN of a NaN", async () => {
  const run = async (embeddings: Float64Array, labels: number[]) =>
    (await runLoss(await testGpu(), new DistillKLDivLoss(), {
      B: 1,
      C: 4,
      inputs: { embeddings },
      labels,
    })).y[0];
  assertEquals(await run(new Float64Array(12), [7, 7]), 0);
  assertEquals(await run(Float64Array.of(NaN, ...new Float64Array(11)), [7, 7]), NaN);
  const huge = Float64Array.of(10, 0, 0, 0, 100, 0, 0, 0, -100, 0, 0, 0);
  assertEquals(await run(huge, [-80, 80]), 2000);
});

Deno.test("DistillKLDivLoss has the name and the options of upstream", () => {
  const loss = new DistillKLDivLoss();
  assertEquals([loss.name, loss.smoothsLabels], ["DistillKLDivLoss", false]);
  assertEquals(loss.config, {
    similarity_fct: "dot_score",
    temperature: 1,
    student_temperature: null,
    teacher_temperature: null,
  });
  assert(loss.citation.startsWith("@misc{lin2020distilling"));
  const create = (options: unknown) => new DistillKLDivLoss(options as DistillKLDivLossOptions);
  for (const name of ["temperature", "student_temperature", "teacher_temperature"]) {
    for (const value of [0, -1, Infinity, "1"]) {
      assertThrows(() => create({ [name]: value }), UsageError, `${name} is`);
    }
  }
});

Deno.test("DistillKLDivLoss wants a query, two documents or more, and a score of each", () => {
  const loss = new DistillKLDivLoss();
  const facts = { width: 2, minimum: -1, maximum: 1, isWhole: false };
  loss.checkColumns(["q", "p", "n"], facts);
  assertThrows(
    () => loss.checkColumns(["q", "p"], { ...facts, width: 1 }),
    UsageError,
    "at least 3 columns (query, positive, negative_1, ...)",
  );
  for (const labels of [null, { ...facts, width: 1 }, { ...facts, width: 3 }]) {
    assertThrows(
      () => loss.checkColumns(["q", "p", "n"], labels),
      UsageError,
      "wanted teacher scores of shape (batch_size, N), with N = 2 documents",
    );
  }
});
