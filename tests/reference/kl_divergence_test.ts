import { assertEquals } from "@std/assert";
import { assertClose } from "../support/assert_close.ts";
import { dot, gradientCheck } from "../support/gradient_check.ts";
import { klDivergence, klDivergenceBackward } from "./kl_divergence.ts";
import { normalValues } from "./random_values.ts";

Deno.test("klDivergence is 0 for the same scores, however they are shifted", () => {
  const teacher = normalValues(12, 1);
  const student = teacher.map((value) => value + 3);
  const temperatures = { studentTemperature: 2, teacherTemperature: 2 };
  const terms = klDivergence({ student, teacher, K: 4, ...temperatures });
  assertClose(terms, [0, 0, 0], { op: "terms", absolute: 1e-15, relative: 0 });
});

Deno.test("klDivergence is the sum of p log p / q", () => {
  const terms = klDivergence({
    student: Float64Array.of(0, 0),
    teacher: Float64Array.of(Math.log(3) * 0.5, 0),
    K: 2,
    studentTemperature: 7,
    teacherTemperature: 0.5,
  });
  const expected = 0.75 * Math.log(1.5) + 0.25 * Math.log(0.5);
  assertClose(terms, [expected], { op: "terms", absolute: 0, relative: 1e-14 });
});

Deno.test("klDivergence equals torch.nn.functional.kl_div", () => {
  // torch 1.13, float64: kl_div(log_softmax(s / 0.5), softmax(t / 2), reduction="none").sum(1).
  const terms = klDivergence({
    student: Float64Array.of(0.5, -1, 2, 3, 0.25, -0.75),
    teacher: Float64Array.of(1, 0, -2, 0.5, 4, 2.5),
    K: 3,
    studentTemperature: 0.5,
    teacherTemperature: 2,
  });
  assertClose(terms, [2.726780123852719, 4.599545751327337], {
    op: "terms",
    absolute: 0,
    relative: 1e-13,
  });
});

Deno.test("klDivergence stays finite where probabilities underflow", () => {
  const scores = { student: Float64Array.of(0, 0), teacher: Float64Array.of(5000, -5000), K: 2 };
  const terms = klDivergence({ ...scores, studentTemperature: 1, teacherTemperature: 1 });
  assertEquals([...terms], [Math.log(2)]);
});

Deno.test("klDivergenceBackward agrees with central differences", () => {
  const input = { K: 4, studentTemperature: 0.7, teacherTemperature: 1.5 };
  const [student, teacher, dTerms] = [normalValues(12, 1), normalValues(12, 2), normalValues(3, 3)];
  gradientCheck(
    (moved) => dot(klDivergence({ ...input, student: moved, teacher }), dTerms),
    student,
    klDivergenceBackward({ ...input, student, teacher }, dTerms),
  );
});
