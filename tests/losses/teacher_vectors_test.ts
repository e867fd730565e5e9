import { assertThrows } from "@std/assert";
import { UsageError } from "../../src/errors.ts";
import { checkTeacherVectors, teacherDistance } from "../../src/losses/teacher_vectors.ts";
import { Tape } from "../../src/ops/tape.ts";
import { testGpu } from "../support/gpu.ts";
import { columnRanges } from "../support/run_loss.ts";

const facts = (width: number) => ({ width, minimum: -1, maximum: 1, isWhole: false });

Deno.test("checkTeacherVectors() wants columns, and vectors as labels", () => {
  const columns = ["a", "b"];
  checkTeacherVectors("X", { columns, labels: facts(8) }, null);
  checkTeacherVectors("X", { columns, labels: facts(8) }, 8);
  checkTeacherVectors("X", { columns, labels: facts(16) }, 8);
  assertThrows(
    () => checkTeacherVectors("X", { columns: [], labels: facts(8) }, null),
    UsageError,
    "Cannot train with X: found as text columns none, wanted at least one",
  );
  for (
    const [labels, width, found] of [
      [null, null, "no labels"],
      [facts(1), null, "labels of one number a row"],
      [facts(12), 8, "labels of 12 numbers a row"],
    ] as const
  ) {
    assertThrows(
      () => checkTeacherVectors("X", { columns, labels }, width),
      UsageError,
      `Cannot train with X: found ${found}`,
    );
  }
  assertThrows(
    () => checkTeacherVectors("X", { columns, labels: null }, null),
    UsageError,
    "X requires pre-computed teacher embeddings as labels",
  );
});

Deno.test("teacherDistance() refuses labels of another length than the embeddings", async () => {
  const tape = new Tape(await testGpu());
  const embeddings = tape.empty([4, 8], "x");
  const labels = tape.empty([2 * 12], "labels");
  assertThrows(
    () =>
      teacherDistance(tape, { embeddings, columns: columnRanges(2, 2), labels }, {
        x: embeddings,
        metric: "mse",
        loss: "X",
      }),
    UsageError,
    "Cannot train with X: found labels of 12 numbers a row for embeddings of 8, wanted 8",
  );
  tape.end();
});
